import type { ConnectionsContext } from './context.ts'
import { authenticationOf, connectorOf, type Parent, parentFromRow } from './parent.ts'

/** A grant that nobody may use here any more. */
interface EndedGrant {
  parent: Parent
  /** Whose it was at the application; null where nobody can tell. */
  accountId: string | null
}

/**
 * Why a grant must be left alone at the application: at some, revoking one grant ends every grant of the same account to the same OAuth
 * client, and another of those is in use here. Undefined where it can be revoked.
 *
 * why no lock: a grant leaves use with the commit before its own revocation is tried. Of the last two that are cut off at once, the one
 * that is kept saw the other in use, so the other's turn comes later and sees neither.
 */
export async function whyKept(ctx: ConnectionsContext, { parent, accountId }: EndedGrant): Promise<string | undefined> {
  const server = serverOf(ctx, parent)
  if (!server?.revocationEndsAll) return undefined
  const there = (other: Parent) => serverOf(ctx, other)?.token_endpoint === server.token_endpoint
  const inUse = (await findInUse(ctx, { parent, accountId })).find(there)
  const same = inUse ?? (await findHeld(ctx, { parent, accountId })).find(there)
  if (!same) return undefined
  const { label } = connectorOf(ctx, parent.connector)
  if (accountId === null)
    return `Kept: ${label} does not say whose access this was, and revoking it could end another one that is in use.`
  const where = same.workspaceId === parent.workspaceId ? `under “${same.name}”` : 'in another workspace of this server'
  const how = inUse ? 'still' : 'just being'
  return `Kept: the same ${label} account is ${how} connected ${where}, and revoking this access would end that one too.`
}

/** The parents under which a grant of the same OAuth client, and account where it is known, may be used now. */
async function findInUse(ctx: ConnectionsContext, { parent, accountId }: EndedGrant): Promise<Parent[]> {
  let query = ctx.db
    .selectFrom('connections as connection')
    .innerJoin('grants', 'grants.connection_id', 'connection.id')
    .innerJoin('connections as parent', (join) =>
      join.on((on) => on(on.fn.coalesce('connection.parent_id', 'connection.id'), '=', on.ref('parent.id'))),
    )
    .selectAll('parent')
    .distinctOn('parent.id')
    .where('connection.connector', '=', parent.connector)
    .where('connection.deleted_at', 'is', null)
    .where('connection.status', 'in', ['connected', 'success', 'exception'])
    .where('parent.client_id', '=', parent.clientId)
    .where('parent.deleted_at', 'is', null)
    .whereRef('connection.granted_client_version', '=', 'parent.client_version')
  if (accountId !== null) query = query.where('connection.account_id', '=', accountId)
  return (await query.execute()).map(parentFromRow)
}

/**
 * The parents under which such a grant is held until its person has said whether they mean that account. One that has lapsed counts too:
 * it is taken out before its own revocation, which then sees nothing held.
 */
async function findHeld(ctx: ConnectionsContext, { parent, accountId }: EndedGrant): Promise<Parent[]> {
  let query = ctx.db
    .selectFrom('held_grants as held')
    .innerJoin('connect_attempts as attempt', 'attempt.id', 'held.attempt_id')
    .innerJoin('connections as parent', 'parent.id', 'attempt.parent_id')
    .selectAll('parent')
    .distinctOn('parent.id')
    .where('parent.connector', '=', parent.connector)
    .where('parent.client_id', '=', parent.clientId)
    .where('parent.deleted_at', 'is', null)
    .whereRef('attempt.client_version', '=', 'parent.client_version')
  if (accountId !== null) query = query.where('held.account_id', '=', accountId)
  return (await query.execute()).map(parentFromRow)
}

function serverOf(ctx: ConnectionsContext, parent: Parent) {
  const authentication = authenticationOf(ctx, parent)
  return authentication.kind === 'oauth2' ? authentication.server : undefined
}
