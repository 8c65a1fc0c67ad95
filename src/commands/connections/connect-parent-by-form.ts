import { authorizeParent, identifyAccount } from '#connections/authorize.ts'
import { tryCredential } from '#connections/credential-tries.ts'
import { readTypedCredential } from '#connections/form-credential.ts'
import { loadParent, type Parent, requireFormOf } from '#connections/parent.ts'
import { attemptRevocations } from '#connections/revocations.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'

/**
 * Connects a parent's own account with what was typed: it is tried at the application first, and stored only when that accepts it. Needs
 * Edit connections. Refuses `credential_not_taken` where people sign in at the application, `credential_invalid`, `credential_refused`,
 * `credential_tries_used_up`; then what was connected before stays.
 */
export async function connectParentByForm(
  ctx: CommandsContext,
  actor: Actor,
  { id, credential }: { id: ConnectionId; credential: Readonly<Record<string, unknown>> },
): Promise<string> {
  requirePrivilege(actor, 'connections.edit')
  const parent = await loadParent(ctx.db, workspaceOf(actor), id)
  const tokens = readTypedCredential(requireFormOf(ctx, parent), credential)
  const account = await tryCredential(ctx, { actor, parent }, () => identifyAccount(ctx, parent, tokens))
  const { replaced } = await ctx.db.transaction().execute(async (tx) => {
    await requireUnchanged(tx, parent)
    return authorizeParent(ctx, tx, { parent, actor, tokens, account })
  })
  if (replaced) await attemptRevocations(ctx, replaced)
  return new URL(`/connections/${id}?connected`, ctx.publicUrl).href
}

/** What was tried at one address must not be stored for another. */
async function requireUnchanged(tx: CommandsContext['db'], parent: Parent): Promise<void> {
  const row = await tx
    .selectFrom('connections')
    .select('client_version')
    .where('id', '=', parent.id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (row?.client_version === parent.clientVersion) return
  throw new UserError(
    'connection_changed',
    'This connection was changed meanwhile. Look at it, and connect it again.',
    {
      status: 409,
    },
  )
}
