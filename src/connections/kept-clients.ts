import { sql } from 'kysely'
import { Bug } from '#core/errors.ts'
import type { ConnectionId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectionsContext } from './context.ts'
import { findParent, type Parent } from './parent.ts'

/**
 * Puts aside what a parent is about to lose, its settings and OAuth client, in the caller's transaction: grants given under them are
 * revoked with them, and their tokens are never sent to wherever the parent leads from now on.
 */
export async function keepFormerClient(ctx: ConnectionsContext, tx: Db, parent: Parent): Promise<void> {
  if (!parent.sealedClient) return
  await tx
    .insertInto('former_clients')
    .values({
      connection_id: parent.id,
      client_version: parent.clientVersion,
      settings: JSON.stringify(parent.settings),
      client_id: parent.clientId,
      sealed_client: parent.sealedClient,
      created_at: ctx.clock(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The parent as it was at that version of its client, deleted ones too; a `Bug` when nothing is left of it. */
export async function loadParentAt(db: Db, id: ConnectionId, clientVersion: number | null): Promise<Parent> {
  const parent = await findParent(db, id)
  if (!parent) throw new Bug(`connection ${id} is no parent`)
  if (clientVersion === null || clientVersion === parent.clientVersion) return parent
  const former = await db
    .selectFrom('former_clients')
    .selectAll()
    .where('connection_id', '=', id)
    .where('client_version', '=', clientVersion)
    .executeTakeFirst()
  if (!former) throw new Bug(`connection ${id} has no client of version ${clientVersion}`)
  const { settings, client_id: clientId, sealed_client: sealedClient } = former
  return { ...parent, settings, clientId, sealedClient, clientVersion }
}

/** Longer than any trip to an application: what comes back from one can still be revoked. */
const KEPT_AT_LEAST_MS = 10 * 60 * 1000

/**
 * Erases the settings and OAuth clients that were kept for revoking and are needed for nothing any more: of deleted parents whose last
 * orphan's grant is gone, and of changed ones whose last grant from before is. Safe on any number of machines.
 */
export async function eraseUnneededClients(ctx: ConnectionsContext): Promise<void> {
  const before = new Date(ctx.clock().getTime() - KEPT_AT_LEAST_MS)
  await sql`
    delete from former_clients former where created_at < ${before}
      and not exists (select from revocations r where r.parent_id = former.connection_id
        and r.client_version = former.client_version and r.status = 'pending')
      and not exists (select from connections c join grants on grants.connection_id = c.id
        where (c.id = former.connection_id or c.parent_id = former.connection_id)
          and c.granted_client_version = former.client_version)`.execute(ctx.db)
  await ctx.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: ConnectionId; workspace_id: WorkspaceId }>`
      update connections parent set sealed_client = null, settings = '{}'
      where parent_id is null and deleted_at is not null and sealed_client is not null and deleted_at < ${before}
        and not exists (select from revocations r where r.parent_id = parent.id and r.status = 'pending')
        and not exists (select from connections child join grants on grants.connection_id = child.id
          where child.parent_id = parent.id)
      returning id, workspace_id`.execute(tx)
    for (const { id, workspace_id: workspaceId } of rows)
      await recordAudit(tx, { workspaceId }, { action: 'connection.client_erased', targetId: id })
  })
}
