import { sql } from 'kysely'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { queueTaskOf } from './queue-names.ts'

/** Puts a job that this process runs, and does nothing for at the moment, back into the queue, to be rung for after so long. */
export async function giveBackJob(
  { db }: Pick<JobsContext, 'db'>,
  { id, fence, origin }: Pick<ClaimedJob, 'id' | 'fence' | 'origin'>,
  afterSeconds = 0,
): Promise<void> {
  await sql`
    with given as (
      update jobs set status = 'queued', holder = null where id = ${id} and fence = ${fence} and status = 'running' returning id
    )
    select graphile_worker.add_job(${queueTaskOf(origin.surface)}, json_build_object('id', id),
      run_at := now() + ${afterSeconds}::int * interval '1 second') from given`.execute(db)
}
