import { createHash } from 'node:crypto'
import type { BoundRequest } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { Interrupted, type Interruption } from './connect-reason.ts'
import type { ConnectionsContext } from './context.ts'
import { loadGrant, type OpenGrant } from './grant.ts'
import { connectorOf, type Parent } from './parent.ts'
import { refreshGrant } from './refresh-grant.ts'
import { bindRequest } from './request.ts'
import { type Fence, readStanding, type Standing, type Whose } from './standing.ts'

/** A grant that may be used now, by `request` alone. */
export interface ReadyConnection {
  connectionId: ConnectionId
  accountLabel: string | null
  /** Sends with this grant and no other; throws `Interrupted` once it may no longer be used. */
  request: BoundRequest
  /** The parent's. */
  settings: unknown
  /** What was sent so far, for the record. `accepted` counts answers other than 401: what may have had an effect. */
  usage: { requests: number; accepted: number; httpStatus: number | null }
  /** Why a request was stopped, even when the action swallowed it. */
  interruption(): Interruption | null
}

export type UseConnection =
  | { kind: 'ready'; connection: ReadyConnection }
  | Exclude<Interruption, { kind: 'fence_lost' }>

/**
 * The grant of `whose` account, ready for requests, or why the person must be asked: never another one in its place. Refreshes it
 * first when its access token is about to end. Every request reads the connection, and the job's fence, again. Throws `OutsideError`
 * when the application is down while refreshing.
 */
export async function useConnection(
  ctx: ConnectionsContext,
  whose: Whose,
  fence: Fence | null = null,
): Promise<UseConnection> {
  const standing = await readStanding(ctx, whose, null)
  if (standing.kind === 'interrupted') return asAnswer(standing.interruption)
  const grant = await freshGrant(ctx, standing)
  if ('kind' in grant) return asAnswer(grant)
  return { kind: 'ready', connection: bind(ctx, whose, fence, standing, grant) }
}

type Usable = Extract<Standing, { kind: 'usable' }>

function asAnswer(interruption: Interruption): Exclude<Interruption, { kind: 'fence_lost' }> {
  if (interruption.kind === 'fence_lost') throw new Interrupted(interruption)
  return interruption
}

/** The stored grant, refreshed when it is due. */
async function freshGrant(ctx: ConnectionsContext, standing: Usable): Promise<OpenGrant | Interruption> {
  const grant = await currentGrant(ctx, standing)
  if (!grant) return grantGone(standing)
  if (!isDue(ctx, standing.connectionId, grant) || !grant.refreshToken) return grant
  return refreshed(ctx, standing.parent, standing.connectionId, grant.version)
}

async function currentGrant(ctx: ConnectionsContext, standing: Usable): Promise<OpenGrant | undefined> {
  const remembered = ctx.openGrants.get(standing.connectionId)
  return remembered?.version === standing.grantVersion ? remembered : loadGrant(ctx, standing.connectionId)
}

const DUE_BEFORE_MS = 60_000
const DUE_JITTER_MS = 60_000

/** Due one to two minutes before the end; the moment differs by connection, so that grants made together are not refreshed together. */
function isDue(ctx: ConnectionsContext, connectionId: ConnectionId, grant: OpenGrant): boolean {
  if (grant.accessExpiresAt === null) return false
  const jitter = (createHash('sha256').update(connectionId).digest().readUInt16BE(0) / 0xffff) * DUE_JITTER_MS
  const lifeLeft = grant.accessExpiresAt.getTime() - ctx.clock().getTime()
  return lifeLeft < DUE_BEFORE_MS + jitter
}

async function refreshed(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  staleVersion: string,
): Promise<OpenGrant | Interruption> {
  const outcome = await refreshGrant(ctx, parent, connectionId, staleVersion)
  if (outcome.kind === 'refreshed') return outcome.grant
  return grantGone({ parent, connectionId })
}

function grantGone({ parent, connectionId }: Pick<Usable, 'parent' | 'connectionId'>): Interruption {
  return connectionId === parent.id
    ? { kind: 'parent_unusable', code: 'parent_not_connected' }
    : { kind: 'connect', reason: 'expired' }
}

function bind(
  ctx: ConnectionsContext,
  whose: Whose,
  fence: Fence | null,
  standing: Usable,
  first: OpenGrant,
): ReadyConnection {
  const { parent, connectionId } = standing
  const connector = connectorOf(ctx, parent.connector)
  const usage: ReadyConnection['usage'] = { requests: 0, accepted: 0, httpStatus: null }
  let grant = first
  let stopped: Interruption | null = null

  const stop = (interruption: Interruption): never => {
    stopped = interruption
    throw new Interrupted(interruption)
  }
  const request = bindRequest({
    egress: ctx.egress,
    connector,
    baseUrl: connector.baseUrl(parent.settings, grant.response),
    origins: connector.origins(parent.settings),
    settings: parent.settings,
    credential: () => grant,
    async beforeEach() {
      if (stopped) stop(stopped)
      const now = await readStanding(ctx, whose, fence)
      if (now.kind === 'interrupted') return stop(now.interruption)
      if (now.grantVersion !== grant.version) grant = (await currentGrant(ctx, now)) ?? stop(grantGone(now))
      usage.requests += 1
    },
    async onUnauthorized() {
      if (!grant.refreshToken) return stop(await refuseDeadGrant(ctx, parent, connectionId, grant))
      const next = await refreshed(ctx, parent, connectionId, grant.version)
      if ('kind' in next) return stop(next)
      grant = next
      return true
    },
    onResponse(status) {
      usage.httpStatus = status
      if (status !== 401) usage.accepted += 1
    },
  })
  return {
    connectionId,
    accountLabel: standing.accountLabel,
    request,
    settings: parent.settings,
    usage,
    interruption: () => stopped,
  }
}

/** The application says 401 and there is nothing to refresh with: the grant is dead, and its person must be asked. */
async function refuseDeadGrant(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  grant: OpenGrant,
): Promise<Interruption> {
  const outcome = await refreshGrant(ctx, parent, connectionId, grant.version)
  if (outcome.kind === 'refreshed')
    throw new OutsideError('outside_unavailable', 'The access was renewed meanwhile; try again.', { retryable: true })
  return grantGone({ parent, connectionId })
}
