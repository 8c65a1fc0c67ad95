import { sql } from 'kysely'
import type { ConnectReason } from '#connections/connect-reason.ts'
import { type ConnectionId, newId, type PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'

/** An application a person must connect before a job can go on. */
export interface Missing {
  parentId: ConnectionId
  reason: ConnectReason
}

// why: not a parameter, for which PostgreSQL cannot know, once the statement is prepared, that the partial index is meant.
const open = sql.lit('open' as const)

/** Asks a person for these connections: the open request for each is kept and lives longer, or a new one is made. */
export async function openConnectRequests(
  tx: Db,
  { person, missing, expiresAt, now }: { person: Person; missing: Missing[]; expiresAt: Date; now: Date },
): Promise<void> {
  for (const { parentId, reason } of missing) {
    const request = await tx
      .insertInto('connect_requests')
      .values({
        id: newId('connectRequest'),
        workspace_id: person.workspaceId,
        person_id: person.id,
        parent_id: parentId,
        reason,
        created_at: now,
        expires_at: expiresAt,
      })
      .onConflict((conflict) =>
        conflict.columns(['person_id', 'parent_id']).where('status', '=', open).doUpdateSet({
          reason,
          expires_at: sql<Date>`greatest(connect_requests.expires_at, excluded.expires_at)`,
        }),
      )
      .returning(['id', sql<boolean>`xmax = 0`.as('isNew')])
      .executeTakeFirstOrThrow()
    if (!request.isNew) continue
    await recordAudit(
      tx,
      { workspaceId: person.workspaceId },
      {
        action: 'connect.requested',
        targetId: request.id,
        details: { person_id: person.id, parent_id: parentId, reason },
      },
    )
  }
}

/** Ends the open request for one connection of a person, if there is one. */
export async function closeConnectRequests(
  tx: Db,
  {
    personId,
    parentId,
    status,
    now,
  }: { personId?: PersonId; parentId?: ConnectionId; status: 'done' | 'cancelled' | 'declined'; now: Date },
): Promise<void> {
  let query = tx.updateTable('connect_requests').set({ status, finished_at: now }).where('status', '=', open)
  if (personId) query = query.where('person_id', '=', personId)
  if (parentId) query = query.where('parent_id', '=', parentId)
  await query.execute()
}

/** Lapses what was not answered in time. */
export async function expireConnectRequests(db: Db, now: Date): Promise<void> {
  await db
    .updateTable('connect_requests')
    .set({ status: 'expired', finished_at: now })
    .where('status', '=', open)
    .where('expires_at', '<=', now)
    .execute()
}

/** The open request for one connection of a person, held as it is until the commit. */
export function findOpenRequest(db: Db, { personId, parentId }: { personId: PersonId; parentId: ConnectionId }) {
  return db
    .selectFrom('connect_requests')
    .select('id')
    .where('person_id', '=', personId)
    .where('parent_id', '=', parentId)
    .where('status', '=', open)
    .forUpdate()
    .executeTakeFirst()
}
