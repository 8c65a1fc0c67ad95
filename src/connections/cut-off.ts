import { UserError } from '#core/errors.ts'
import type { ConnectionId, PersonId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { endConsents } from './consents.ts'
import type { ConnectionsContext } from './context.ts'
import { findParent, type Parent } from './parent.ts'
import { takeOutGrant } from './revocations.ts'

/** What was cut off, and the revocation to be tried after the commit. */
export interface CutOff {
  revocationId: string | null
}

/** Any live connection, parent or child. */
export interface ConnectionIdentity {
  id: ConnectionId
  workspaceId: WorkspaceId
  personId: PersonId | null
  parent: Parent
}

/** Finds a connection that is not deleted, or `UserError('connection_not_found')`; of another workspace is as if it were not there. */
export async function loadConnection(db: Db, workspaceId: WorkspaceId, id: ConnectionId): Promise<ConnectionIdentity> {
  const row = await db
    .selectFrom('connections')
    .select(['id', 'workspace_id', 'parent_id', 'person_id'])
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  const parent = row && (await findParent(db, row.parent_id ?? row.id))
  if (!row || !parent)
    throw new UserError('connection_not_found', 'There is no such connection. It may have been deleted.', {
      status: 404,
    })
  return { id: row.id, workspaceId: row.workspace_id, personId: row.person_id, parent }
}

/** Ends a connection's grant in the caller's transaction; the row stays and can be connected again. */
export async function disconnect(
  ctx: ConnectionsContext,
  tx: Db,
  actor: Actor,
  connection: ConnectionIdentity,
): Promise<CutOff> {
  const isChild = connection.personId !== null
  const own = actor.kind === 'person' && actor.person.id === connection.personId
  await tx
    .updateTable('connections')
    .set({
      status: isChild ? 'disconnected' : null,
      status_reason: isChild ? (own ? 'by_person' : 'by_administrator') : null,
      status_at: ctx.clock(),
    })
    .where('id', '=', connection.id)
    // why: an orphan stays an orphan: there is nothing it could be connected to again.
    .where('status', 'is distinct from', 'orphaned')
    .execute()
  const revocationId = await takeOutGrant(ctx, tx, { connectionId: connection.id, parent: connection.parent })
  await audit(tx, actor, 'connection.disconnected', connection)
  return { revocationId }
}

/** Deletes a person's child: its grant goes, and the person must authorize anew before anything more is done for them. */
export async function deleteChild(
  ctx: ConnectionsContext,
  tx: Db,
  actor: Actor,
  connection: ConnectionIdentity,
): Promise<CutOff> {
  const now = ctx.clock()
  await tx.updateTable('connections').set({ deleted_at: now }).where('id', '=', connection.id).execute()
  await endConsents(tx, actor, { connectionId: connection.id, why: 'connection_deleted', now })
  const revocationId = await takeOutGrant(ctx, tx, { connectionId: connection.id, parent: connection.parent })
  await audit(tx, actor, 'connection.deleted', connection)
  return { revocationId }
}

/**
 * Deletes a parent: its own grant goes; its children stay, orphaned: unusable, and still to be revoked with the client that is
 * kept, sealed, for that. Stopping recipes and jobs is the caller's, in the same transaction.
 */
export async function deleteParent(
  ctx: ConnectionsContext,
  tx: Db,
  actor: Actor,
  connection: ConnectionIdentity,
): Promise<CutOff> {
  await tx
    .updateTable('connections')
    .set({ deleted_at: ctx.clock(), status: null })
    .where('id', '=', connection.id)
    .execute()
  await tx
    .updateTable('connections')
    .set({ status: 'orphaned', status_reason: 'parent_deleted', status_at: ctx.clock() })
    .where('parent_id', '=', connection.id)
    .where('deleted_at', 'is', null)
    .execute()
  const revocationId = await takeOutGrant(ctx, tx, { connectionId: connection.id, parent: connection.parent })
  await audit(tx, actor, 'connection.deleted', connection)
  return { revocationId }
}

function audit(
  tx: Db,
  actor: Actor,
  action: 'connection.disconnected' | 'connection.deleted',
  { id, personId, parent }: ConnectionIdentity,
): Promise<unknown> {
  const details = {
    name: parent.name,
    connector: parent.connector,
    person_id: personId,
    parent_id: personId && parent.id,
  }
  return recordAudit(tx, actor, { action, targetId: id, details })
}
