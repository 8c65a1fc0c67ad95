import { type Selectable, sql } from 'kysely'
import { findOpenRequest } from '#asking/connect-request.ts'
import { closeUnlessWaitedFor } from '#asking/free-recipes.ts'
import type { ConnectionId, JobId, PersonId, RecipeId } from '#core/ids.ts'
import { inSpan, type Traced } from '#core/trace.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { goOnWith } from './answer-question.ts'
import type { JobsContext } from './context.ts'
import { continueReconnected } from './continue-delegated.ts'
import { endJob, type JobEnd } from './end-job.ts'
import { CONTINUE_JOBS, RUN_JOB } from './queue-names.ts'

export interface Freed {
  personId: PersonId
  parentId: ConnectionId
  recipeIds: RecipeId[]
}

/** Ids alone: it lies in the queue in clear. */
export type Rest = Freed & {
  /** The last job that was moved on. */
  after: string
}

/** So many jobs are moved on in one transaction. */
const AT_ONCE = 100

/**
 * Moves on the jobs of these recipes of this person that waited for this parent, in the caller's transaction: exactly once, on any
 * machine. A job that waits for something else as well goes on waiting for that. Of more than a hundred the rest follows by the queue, a
 * hundred at a time, and runs after what else somebody waits for.
 */
export async function continueJobs(
  ctx: Traced,
  tx: Db,
  { after = '', ...freed }: Freed & Partial<Rest>,
): Promise<void> {
  const { personId, parentId, recipeIds } = freed
  if (after === '') await continueReconnected(tx, freed)
  // why: locked, because two applications connected at the same instant would each see the other's wait, and neither would move the job on.
  const { rows } = await sql<{ id: JobId; traceparent: string | null }>`
    with waiting as materialized (
      select j.id, j.traceparent from jobs j
      where j.person_id = ${personId} and j.status = 'waiting_for_connection' and j.id > ${after}
        and exists (select from waits w where w.job_id = j.id and w.kind = 'connection' and w.key = ${parentId})
        and j.recipe_id = any(${recipeIds})
      order by j.id limit ${AT_ONCE}
    ), locked as (select jobs.id from jobs join waiting using (id) order by jobs.id for update of jobs)
    select waiting.id, waiting.traceparent from waiting left join locked using (id) order by waiting.id`.execute(tx)
  const ids = rows.map(({ id }) => id)
  await sql`delete from waits where job_id = any(${ids}) and kind = 'connection' and key = ${parentId}`.execute(tx)
  await sql`
    with ready as (
      update jobs set status = 'queued', waited = true
      where id = any(${ids}) and status = 'waiting_for_connection' and not exists (select from waits where waits.job_id = jobs.id)
      returning id
    )
    select rung.id from (
      select array_agg(row(${RUN_JOB}, json_build_object('id', id), null, null, null, null, ${after === '' ? 0 : 1}::int, null)::graphile_worker.job_spec) as bells
      from ready having count(*) > 0
    ) as all_ready, graphile_worker.add_jobs(bells) as rung`.execute(tx)
  if (ids.length === AT_ONCE) await ringForMore(tx, { ...freed, after: ids.at(-1) ?? '' })
  for (const { id, traceparent: parent } of rows) await inSpan(ctx, { name: 'jobs/continue', job: id, parent }, done)
}

/** The span only tells when. */
const done = async (): Promise<void> => {}

/** Before the jobs that are in the queue already: they are of others. */
async function ringForMore(tx: Db, rest: Rest): Promise<void> {
  await sql`select graphile_worker.add_job(${CONTINUE_JOBS}, ${JSON.stringify(rest)}::json, priority => -1)`.execute(tx)
}

/** Moves on the next of them, in a transaction of its own. Those that began to wait later, as well: they look again at what they wait for. */
export async function continueMore(ctx: JobsContext, { after, ...freed }: Rest): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    // why: first, as everybody who asks for this connection does.
    await findOpenRequest(tx, freed)
    await continueJobs(ctx, tx, { ...freed, after })
    await closeUnlessWaitedFor(tx, { ...freed, status: 'done', now: ctx.clock() })
  })
}

/** Ends a job whose person pressed Not now; false when it did not wait for that any more, and goes on. */
export async function declineJob(ctx: JobsContext, tx: Db, jobId: JobId): Promise<boolean> {
  const job = await tx.selectFrom('jobs').select('status').where('id', '=', jobId).forUpdate().executeTakeFirst()
  if (job?.status !== 'waiting_for_connection') return false
  const message = 'You chose not to connect now, so nothing more was done. Run it again whenever you like.'
  return endJob(ctx, tx, jobId, { status: 'cancelled', code: 'declined', message })
}

/** Ends the jobs that wait for a connection which is being deleted. */
export async function failJobsWaitingFor(ctx: JobsContext, tx: Db, parentId: ConnectionId): Promise<void> {
  const jobs = await tx
    .selectFrom('waits')
    .select('job_id')
    .where((where) =>
      where.or([
        where.and([where('kind', '=', 'connection'), where('key', '=', parentId)]),
        sql<boolean>`kind = 'delegation' and split_part(key, '/', 1) in (select id from connections where parent_id = ${parentId})`,
      ]),
    )
    .execute()
  const message = 'The connection it was waiting for was deleted. Ask the recipe’s builder.'
  for (const { job_id } of jobs) await endJob(ctx, tx, job_id, { status: 'failed', code: 'parent_deleted', message })
}

/** Ends the unfinished jobs of a person who was deactivated, and those that use what they delegated. */
export async function cancelJobsOf(ctx: JobsContext, tx: Db, personId: PersonId): Promise<void> {
  const jobs = await tx
    .selectFrom('jobs')
    .select('id')
    .where((where) => where.or([where('person_id', '=', personId), where('delegator_id', '=', personId)]))
    .where('finished_at', 'is', null)
    .execute()
  const message = 'The person it was running for was deactivated.'
  for (const { id } of jobs) await endJob(ctx, tx, id, { status: 'cancelled', code: 'person_deactivated', message })
}

const LAPSED_AT_ONCE = 200

const NOT_CONNECTED: JobEnd = {
  status: 'expired',
  code: 'not_connected_in_time',
  message: 'Nobody connected in time, so nothing was done. Run it again to be asked again.',
}
const NOT_DELEGATED: JobEnd = {
  status: 'expired',
  code: 'not_delegated_in_time',
  message: 'The person whose connection it uses did not delegate or reconnect it in time, so nothing more was done.',
}
const NOT_ANSWERED: JobEnd = {
  status: 'expired',
  code: 'not_answered_in_time',
  message: 'Nobody answered in time, so it ended there. Run it again to be asked again.',
}

/** Ends jobs that nobody connected for, or answered, in time; returns how many. Safe on any number of machines. */
export async function lapseWaits(ctx: JobsContext): Promise<number> {
  const lapsed = await ctx.db
    .selectFrom('waits')
    .select(['job_id', 'kind', 'key', 'on_lapse'])
    .where('expires_at', '<=', ctx.clock())
    .limit(LAPSED_AT_ONCE)
    .execute()
  for (const { job_id, kind, key, on_lapse } of lapsed)
    await ctx.db.transaction().execute(async (tx) => {
      if (!(await isLapsed(ctx, tx, { job_id, kind, key }))) return
      if (kind === 'connection') await endJob(ctx, tx, job_id, NOT_CONNECTED)
      else if (kind === 'delegation') await endJob(ctx, tx, job_id, NOT_DELEGATED)
      else if (on_lapse === 'end') await endJob(ctx, tx, job_id, NOT_ANSWERED)
      else await goOnWith(ctx, tx, { jobId: job_id, step: key, output: { answered: false } })
    })
  return lapsed.length
}

/** Whether it still is, now that nobody else can move the job on: it may have been connected, or answered, since it was read. */
async function isLapsed(
  ctx: JobsContext,
  tx: Db,
  { job_id, kind, key }: Pick<Selectable<Tables['waits']>, 'job_id' | 'kind' | 'key'>,
): Promise<boolean> {
  await tx.selectFrom('jobs').select('id').where('id', '=', job_id).forUpdate().execute()
  const wait = await tx
    .selectFrom('waits')
    .select('key')
    .where('job_id', '=', job_id)
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('expires_at', '<=', ctx.clock())
    .executeTakeFirst()
  return wait !== undefined
}

/** Puts a job that was about to wait back into the queue: its person connected in the same instant. */
export async function continueAtOnce(tx: Db, jobId: JobId): Promise<void> {
  await tx.updateTable('jobs').set({ status: 'queued', waited: true }).where('id', '=', jobId).execute()
  await sql`select graphile_worker.add_job(${RUN_JOB}, json_build_object('id', ${jobId}::text))`.execute(tx)
}
