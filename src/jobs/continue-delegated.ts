import { sql } from 'kysely'
import type { DelegationPair } from '#connections/delegations.ts'
import type { ConnectionId, JobId, PersonId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { JobsContext } from './context.ts'
import { endJob, type JobEnd } from './end-job.ts'
import { RUN_JOB } from './queue-names.ts'

/** What a job waits for that needs the leave of somebody else: which connection, and which recipe names it. */
export const waitKeyOf = ({ connectionId, recipeId }: DelegationPair): string => `${connectionId}/${recipeId}`

/** Without a recipe: whichever names it. */
type Which = Omit<DelegationPair, 'recipeId'> & { recipeId?: RecipeId }

/**
 * Moves on the jobs that waited for a connection to be delegated, or, without a recipe, to be connected again by who delegated it, in the
 * caller's transaction, which holds the connection: exactly once. Everything is looked at again when they go on.
 */
export async function continueDelegated(tx: Db, which: Which): Promise<void> {
  const jobIds = await lockWaiting(tx, which)
  if (jobIds.length === 0) return
  await sql`delete from waits where job_id = any(${jobIds}) and ${waitsFor(which)}`.execute(tx)
  await sql`
    with ready as (
      update jobs set status = 'queued', waited = true
      where id = any(${jobIds}) and status = 'waiting_for_connection'
        and not exists (select from waits where waits.job_id = jobs.id)
      returning id
    )
    select graphile_worker.add_job(${RUN_JOB}, json_build_object('id', id)) from ready`.execute(tx)
}

/** The same for what waited for a connection to be made again by who delegated it. */
export async function continueReconnected(
  tx: Db,
  { personId, parentId }: { personId: PersonId; parentId: ConnectionId },
): Promise<void> {
  const child = await tx
    .selectFrom('connections')
    .select('id')
    .where('parent_id', '=', parentId)
    .where('person_id', '=', personId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (child) await continueDelegated(tx, { connectionId: child.id })
}

/** Ends the jobs that wait for a connection: its person declined to delegate it, or it is gone. In the caller's transaction. */
export async function endDelegatedJobs(
  ctx: JobsContext,
  tx: Db,
  { end, ...which }: Which & { end: JobEnd },
): Promise<void> {
  for (const id of await lockWaiting(tx, which)) await endJob(ctx, tx, id, end)
}

async function lockWaiting(tx: Db, which: Which): Promise<JobId[]> {
  const { rows } = await sql<{ id: JobId }>`
    select id from jobs where id in (select job_id from waits where ${waitsFor(which)}) order by id for update`.execute(
    tx,
  )
  return rows.map(({ id }) => id)
}

function waitsFor({ connectionId, recipeId }: Which) {
  const key = recipeId
    ? sql`key = ${waitKeyOf({ connectionId, recipeId })}`
    : sql`split_part(key, '/', 1) = ${connectionId satisfies ConnectionId}`
  return sql`kind = 'delegation' and ${key}`
}
