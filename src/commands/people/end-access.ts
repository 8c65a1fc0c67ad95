import { sql } from 'kysely'
import { closeConnectRequests } from '#asking/connect-request.ts'
import { disconnect, loadConnection } from '#connections/cut-off.ts'
import { attemptRevocations } from '#connections/revocations.ts'
import type { PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { cancelJobsOf } from '#jobs/continue-jobs.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import { countRevocations, type RevocationCounts } from '../connections/revocation-counts.ts'
import type { CommandsContext } from '../context.ts'

/** How much of a person's ended when they were shut out. */
export interface EndedAccess {
  sessions: number
  apiKeys: number
  connections: number
  consents: number
  delegations: number
  jobs: number
}

/** The same, with how revoking went at the applications by now. */
export type EndedAccessOutcome = EndedAccess & { revocations: RevocationCounts }

/**
 * Ends, in the caller's transaction, all by which something could be done as this person, or by them: API keys they made, connections,
 * leave they gave, what they are being asked, and their jobs, the running ones before their next request. Nothing of it comes back when
 * they are let in again. Answers what ended, and the revocations to be tried after the commit. Their sessions are the caller's.
 */
export async function endAccess(
  ctx: CommandsContext,
  tx: Db,
  { actor, personId }: { actor: Actor; personId: PersonId },
): Promise<{ ended: Omit<EndedAccess, 'sessions'>; revocationIds: string[] }> {
  const now = ctx.clock()
  const apiKeys = await tx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('created_by', '=', personId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  const { disconnected, revocationIds } = await disconnectAll(ctx, tx, { actor, personId })
  const consents = await tx
    .updateTable('consents')
    .set({ withdrawn_at: now })
    .where('person_id', '=', personId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  const delegations = await tx
    .updateTable('delegations')
    .set({ ended_at: now })
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  await tx
    .updateTable('delegation_requests')
    .set({ status: 'withdrawn', finished_at: now })
    .where('person_id', '=', personId)
    .where('status', '=', 'open')
    .execute()
  const jobs = await endAsking(ctx, tx, personId)
  const ended = {
    apiKeys: Number(apiKeys.numUpdatedRows),
    connections: disconnected,
    consents: Number(consents.numUpdatedRows),
    delegations: Number(delegations.numUpdatedRows),
    jobs,
  }
  return { ended, revocationIds }
}

/** Tries to revoke what was taken out, once; answers how each went. What cannot be revoked now is tried again for a day. */
export async function revokeEnded(ctx: CommandsContext, revocationIds: string[]): Promise<RevocationCounts> {
  await Promise.all(revocationIds.map((id) => attemptRevocations(ctx, id)))
  return countRevocations(ctx.db, (query) => query.where('id', 'in', ['', ...revocationIds]))
}

async function disconnectAll(
  ctx: CommandsContext,
  tx: Db,
  { actor, personId }: { actor: Actor; personId: PersonId },
): Promise<{ disconnected: number; revocationIds: string[] }> {
  const children = await tx
    .selectFrom('connections')
    .leftJoin('grants', 'grants.connection_id', 'connections.id')
    .select('connections.id')
    .where('person_id', '=', personId)
    .where('deleted_at', 'is', null)
    .where((or) => or.or([or('status', 'not in', ['disconnected', 'orphaned']), or('grants.version', 'is not', null)]))
    .orderBy('connections.id')
    .execute()
  const revocationIds: string[] = []
  for (const { id } of children) {
    const { revocationId } = await disconnect(ctx, tx, actor, await loadConnection(tx, workspaceOf(actor), id))
    if (revocationId !== null) revocationIds.push(revocationId)
  }
  return { disconnected: children.length, revocationIds }
}

/** Ends their jobs, and every page and trip that is under way for them. Answers how many jobs. */
async function endAsking(ctx: CommandsContext, tx: Db, personId: PersonId): Promise<number> {
  const { rows } = await sql<{ jobs: number }>`
    select count(*)::int as jobs from jobs where person_id = ${personId} and finished_at is null`.execute(tx)
  await cancelJobsOf(ctx, tx, personId)
  const now = ctx.clock()
  await closeConnectRequests(tx, { personId, status: 'cancelled', now })
  await tx
    .updateTable('connect_visits')
    .set({ status: 'superseded' })
    .where('person_id', '=', personId)
    .where('status', '=', 'open')
    .execute()
  await tx
    .updateTable('connect_attempts')
    .set({ consumed_at: now })
    .where('person_id', '=', personId)
    .where('consumed_at', 'is', null)
    .execute()
  return rows[0]?.jobs ?? 0
}
