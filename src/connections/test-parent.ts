import type { OutsideAccount } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { identifyAccount } from './authorize.ts'
import type { ConnectionsContext } from './context.ts'
import { loadGrant, type OpenGrant } from './grant.ts'
import type { Parent } from './parent.ts'
import { refreshGrant } from './refresh-grant.ts'
import { useConnection } from './use-connection.ts'

/** Whose account answered, or what is wrong, in words that say what to do. */
export type ParentTested =
  | { kind: 'answered'; account: OutsideAccount }
  | { kind: 'failed'; code: string; message: string }

/**
 * Asks the application, with a parent's own grant, whose account it is: what any use would do first, refreshing included. Put on record as
 * a use. What the application refuses, or that it is down, is an answer here; nothing is thrown for it.
 */
export async function testParent(ctx: ConnectionsContext, parent: Parent): Promise<ParentTested> {
  const tested = await askWhose(ctx, parent).catch(asFailure)
  if (tested) await record(ctx, parent, tested)
  return tested ?? NOT_CONNECTED
}

type Tried = ParentTested & { status?: number | undefined }

function asFailure(error: unknown): Tried {
  if (!(error instanceof OutsideError)) throw error
  return { kind: 'failed', code: error.code, message: error.message, status: error.httpStatus }
}

const NOT_CONNECTED: ParentTested = {
  kind: 'failed',
  code: 'parent_not_connected',
  message: 'It has no account of its own. Press Connect, and allow Behalf at the application.',
}

/** Undefined where there is no grant to ask with. */
const askWhose = async (ctx: ConnectionsContext, parent: Parent): Promise<ParentTested | undefined> => {
  const used = await useConnection(ctx, { parentId: parent.id, personId: null, recipe: null })
  const grant = used.kind === 'ready' ? await loadGrant(ctx, parent.id) : undefined
  return grant && identifyOrRefresh(ctx, parent, grant)
}

async function identifyOrRefresh(ctx: ConnectionsContext, parent: Parent, grant: OpenGrant) {
  try {
    return answered(await identifyAccount(ctx, parent, grant))
  } catch (error) {
    // why: some identity endpoints say 403 of a token that has ended.
    const isRefused = error instanceof OutsideError && (error.httpStatus === 401 || error.httpStatus === 403)
    if (!isRefused || !grant.refreshToken) throw error
    const outcome = await refreshGrant(ctx, { parent, connectionId: parent.id, version: grant.version })
    return outcome.kind === 'refreshed' ? answered(await identifyAccount(ctx, parent, outcome.grant)) : undefined
  }
}

const answered = (account: OutsideAccount): ParentTested => ({ kind: 'answered', account })

async function record(ctx: ConnectionsContext, parent: Parent, tested: Tried) {
  await ctx.db
    .insertInto('credential_uses')
    .values({
      workspace_id: parent.workspaceId,
      at: ctx.clock(),
      connection_id: parent.id,
      account_label: tested.kind === 'answered' ? tested.account.label : null,
      action: 'test',
      requests: 1,
      http_status: tested.kind === 'answered' ? 200 : (tested.status ?? null),
      outcome: tested.kind === 'answered' ? 'succeeded' : tested.code,
    })
    .execute()
}
