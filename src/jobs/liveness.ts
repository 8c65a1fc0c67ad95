import { sql } from 'kysely'
import type { JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { HOLDER_DEAD_AFTER_SECONDS } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { BACKGROUND, RUN_BACKGROUND_JOB, RUN_JOB } from './queue-names.ts'

const DEAD = sql.raw(`now() - interval '${HOLDER_DEAD_AFTER_SECONDS} seconds'`)

/** Says that this process and its pools are alive. A pool that ended is left out, so that what it locked is unlocked. */
export async function renewLiveness(ctx: JobsContext, poolIds: Iterable<string>): Promise<void> {
  const ids = [`${ctx.processId} itself`, ...poolIds]
  await sql`
    insert into worker_pools (id, process, seen_at)
    select id, ${ctx.processId}, now() from unnest(${ids}::text[]) as id
    on conflict (id) do update set seen_at = excluded.seen_at`.execute(ctx.db)
}

/**
 * Unlocks rows of the queue that pools of this process locked and do not have: the answer to what fetched them was lost with its connection.
 * What is handed out so twice does nothing the second time.
 */
export async function unlockLost({ db }: JobsContext, held: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
  const pools = [...held.keys()]
  const rows = [...held.values()].flatMap((each) => [...each])
  await sql`
    with lost as (
      update graphile_worker._private_jobs set locked_by = null, locked_at = null
      where locked_by = any(${pools}::text[]) and locked_at < ${DEAD} and id <> all(${rows}::bigint[])
      returning job_queue_id
    )
    update graphile_worker._private_job_queues as queues set locked_by = null, locked_at = null
    from lost where queues.id = lost.job_queue_id and queues.locked_by = any(${pools}::text[])`.execute(db)
}

/** Says that this process is gone, so that nobody waits for its silence. */
export async function endLiveness(ctx: JobsContext): Promise<void> {
  await ctx.db.deleteFrom('worker_pools').where('process', '=', ctx.processId).execute()
}

/** Jobs on record as run by this process that it does not run: an error cut the run off before it could be noted. They run again. */
export async function releaseForgottenJobs(ctx: JobsContext): Promise<void> {
  const held = await ctx.db
    .selectFrom('jobs')
    .select(['id', 'fence'])
    .where('status', '=', 'running')
    .where('holder', '=', ctx.processId)
    .execute()
  // why: looked at after the rows were read: a run is in the set before it claims, so what is missing there now is over.
  for (const { id, fence } of held.filter((job) => !ctx.running.has(job.id)))
    await sql`
      with forgotten as (
        update jobs set status = 'queued', holder = null
        where id = ${id} and fence = ${fence} and status = 'running' returning id
      )
      select graphile_worker.add_job(${RUN_JOB}, json_build_object('id', id)) from forgotten`.execute(ctx.db)
}

/**
 * Puts every job that this process runs back into the queue, under a new fencing number: what it still does for them counts no more. It
 * claims none from then on.
 */
export async function giveBackJobs(ctx: JobsContext): Promise<void> {
  ctx.claims.closed = true
  await Promise.allSettled(ctx.claims.underWay)
  await sql`
    with given as (
      update jobs set status = 'queued', holder = null, fence = fence + 1
      where status = 'running' and holder = ${ctx.processId} returning id, surface
    )
    select graphile_worker.add_job(
      case when surface = any(${[...BACKGROUND]}) then ${RUN_BACKGROUND_JOB} else ${RUN_JOB} end, json_build_object('id', id)) from given`.execute(
    ctx.db,
  )
}

// why: any number that no other software on this database takes; the words it stands for are "behalf sweep".
const SWEEP_LOCK = 0x6265_6861

/**
 * Brings back what dead processes held, on whichever machine gets the lock: unlocks their queue rows, and rings again for every job that
 * nothing would ring for any more. Answers how many jobs were rung for; null when another machine sweeps.
 */
export async function sweep(ctx: JobsContext): Promise<number | null> {
  return ctx.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${SWEEP_LOCK}) as mine`.execute(tx)
    if (!rows[0]?.mine) return null
    await sql`delete from worker_pools where seen_at < now() - interval '1 hour'`.execute(tx)
    await unlockDeadPools(tx)
    return ringAgain(tx)
  })
}

async function unlockDeadPools(tx: Db): Promise<void> {
  await sql`
    select graphile_worker.force_unlock_workers(array(
      select distinct locked_by from graphile_worker._private_jobs
      where locked_by is not null and locked_at < ${DEAD}
        and not exists (select from worker_pools where id = locked_by and seen_at > ${DEAD})
    ))`.execute(tx)
}

/** Rings for every job that is silent; in one call, for each would look through the whole queue. Answers how many. */
async function ringAgain(tx: Db): Promise<number> {
  const { rows: silent } = await silentJobs().execute(tx)
  if (silent.length === 0) return 0
  await sql`
    select count(rung.id) from (
      select array_agg(row(case when surface = any(${[...BACKGROUND]}) then ${RUN_BACKGROUND_JOB} else ${RUN_JOB} end,
        json_build_object('id', id), null, null, null, null, null, null)::graphile_worker.job_spec) as bells
      from jobs where id = any(${silent.map(({ id }) => id)}::text[])
    ) as all_silent, graphile_worker.add_jobs(bells) as rung`.execute(tx)
  return silent.length
}

/**
 * A job that is queued, or running with a dead holder, needs a row in the queue that is free or held by somebody alive. Rows just
 * made are left alone; so are jobs just rung for, by the age of what is looked at.
 */
const silentJobs = () => sql<{ id: JobId }>`
  select id from jobs
  where not held and (status = 'queued' or (status = 'running' and not exists (
      select from worker_pools where process = jobs.holder and seen_at > ${DEAD})))
    and coalesce(started_at, created_at) < ${DEAD} and (not_before is null or not_before < ${DEAD})
  except select payload ->> 'id' from graphile_worker._private_jobs where attempts < max_attempts
  limit 10000`
