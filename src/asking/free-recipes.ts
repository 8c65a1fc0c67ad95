import { sql } from 'kysely'
import type { ConnectReason } from '#connections/connect-reason.ts'
import type { ConnectionId, PersonId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import { closeConnectRequests, openConnectRequests } from './connect-request.ts'
import type { AskingContext } from './context.ts'

export interface Freeing {
  person: Person
  parentId: ConnectionId
  /** The recipes whose jobs may go on. */
  recipeIds: RecipeId[]
  /** Why the others still wait. */
  others: ConnectReason
}

/**
 * Moves on the jobs of these recipes that waited for this parent, in the caller's transaction, which holds the open request. What else of
 * this person waits for it goes on waiting, and keeps the request open; when nothing does, the request is done.
 */
export async function freeRecipes(ctx: AskingContext, tx: Db, freeing: Freeing): Promise<void> {
  const { person, parentId, recipeIds, others: reason } = freeing
  const request = { personId: person.id, parentId }
  const now = ctx.clock()
  await ctx.continueJobs(tx, { ...request, recipeIds })
  // why: of very many, some are moved on after this transaction.
  const expiresAt = await waitedForUntil(tx, { ...request, without: recipeIds })
  if (expiresAt) await openConnectRequests(tx, { person, missing: [{ parentId, reason }], expiresAt, now })
  else await closeConnectRequests(tx, { ...request, status: 'done', now })
}

/** Ends the open request for one connection of a person, unless a job of theirs still waits for it, in the caller's transaction. */
export async function closeUnlessWaitedFor(
  tx: Db,
  closing: { personId: PersonId; parentId: ConnectionId; status: 'done' | 'declined'; now: Date },
): Promise<void> {
  if ((await waitedForUntil(tx, closing)) === null) await closeConnectRequests(tx, closing)
}

/** Until when at the longest a job of this person waits for this parent, of other recipes than `without`; null when none does. */
async function waitedForUntil(
  tx: Db,
  { personId, parentId, without = [] }: { personId: PersonId; parentId: ConnectionId; without?: RecipeId[] },
): Promise<Date | null> {
  const { rows } = await sql<{ until: Date | null }>`
    select max(w.expires_at) as until from waits w join jobs j on j.id = w.job_id
    where w.kind = 'connection' and w.key = ${parentId} and j.person_id = ${personId}
      and j.status = 'waiting_for_connection' and j.recipe_id <> all(${without})`.execute(tx)
  return rows[0]?.until ?? null
}
