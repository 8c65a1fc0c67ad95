import { type Selectable, sql } from 'kysely'
import type { DelegationPair } from '#connections/delegations.ts'
import { type DelegationRequestId, newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { recordAudit } from '#people/audit.ts'

/** What a person is, or was, asked to let a recipe do without them. */
export type DelegationRequest = Selectable<Tables['delegation_requests']>

/** The request made last for these two, whatever became of it; held until the commit. */
export function findLatestRequest(
  tx: Db,
  { connectionId, recipeId }: DelegationPair,
): Promise<DelegationRequest | undefined> {
  return tx
    .selectFrom('delegation_requests')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('recipe_id', '=', recipeId)
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
}

export interface NewDelegationRequest extends DelegationPair {
  workspaceId: WorkspaceId
  personId: PersonId
  /** Who named the connection; null when a run asks. */
  askedBy: PersonId | null
  toldAt: Date | null
  now: Date
}

/** Opens a request, in the caller's transaction, which holds the connection and has found none open. */
export async function openDelegationRequest(tx: Db, wanted: NewDelegationRequest): Promise<void> {
  const { workspaceId, personId, connectionId, recipeId, askedBy, toldAt, now } = wanted
  const id = newId('delegationRequest')
  const pair = { person_id: personId, connection_id: connectionId, recipe_id: recipeId, asked_by: askedBy }
  await tx
    .insertInto('delegation_requests')
    .values({ id, workspace_id: workspaceId, ...pair, created_at: now, told_at: toldAt })
    .execute()
  await recordAudit(tx, { workspaceId }, { action: 'delegation.requested', targetId: id, details: pair })
}

/** Leave was given: what is asked for it is answered, and what was declined before does not count any more. */
export async function settleDelegationRequests(
  tx: Db,
  { connectionId, recipeId }: DelegationPair,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('delegation_requests')
    .set({ status: 'accepted', finished_at: now })
    .where('connection_id', '=', connectionId)
    .where('recipe_id', '=', recipeId)
    .where('status', 'in', ['open', 'declined'])
    .execute()
}

/** Ends an open request; false when it was answered or withdrawn before. */
export async function declineDelegationRequest(tx: Db, id: DelegationRequestId, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('delegation_requests')
    .set({ status: 'declined', finished_at: now })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** How many times a person was told of such requests since then. */
export async function countTold(tx: Db, { personId, since }: { personId: PersonId; since: Date }): Promise<number> {
  const { rows } = await sql<{ told: number }>`
    select count(*)::int as told from delegation_requests where person_id = ${personId} and told_at > ${since}`.execute(
    tx,
  )
  return rows[0]?.told ?? 0
}
