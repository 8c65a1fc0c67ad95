import { type Selectable, sql } from 'kysely'
import { whatOpens } from '#connections/sealing/what-opens.ts'
import type { JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import type { JobsContext } from './context.ts'
import { writeOutgoing } from './outbox.ts'
import { jobPlace, openOptional } from './seal-job-data.ts'

export interface JobEnd {
  status: 'failed' | 'cancelled' | 'expired'
  code: string
  /** Said to the invoker where they invoked it. */
  message: string
}

/**
 * Ends a job from outside, in the caller's transaction: nothing more is done for it on any machine, its person is told, and what
 * was asked of them for it alone is withdrawn. False when it had ended already.
 */
export async function endJob(ctx: JobsContext, tx: Db, jobId: JobId, end: JobEnd): Promise<boolean> {
  const job = await tx
    .updateTable('jobs')
    .set({
      status: end.status,
      error_code: end.code,
      // why: whoever runs it now holds the older number, and is stopped before the next request.
      fence: sql<string>`fence + 1`,
      holder: null,
      finished_at: ctx.clock(),
    })
    .where('id', '=', jobId)
    .where('finished_at', 'is', null)
    .returning(['workspace_id', 'person_id', 'surface', 'sealed_address', 'data_key_id'])
    .executeTakeFirst()
  if (!job) return false
  await endBegunSteps(tx, jobId, ctx.clock())
  await tell(ctx, tx, { ...job, id: jobId }, end)
  await withdrawAsking(tx, jobId, end, ctx.clock())
  await sql`select pg_notify('behalf_job', ${jobId})`.execute(tx)
  return true
}

/** Of an action that was under way, which may not be repeated, nobody learns any more what it came to. */
async function endBegunSteps(tx: Db, jobId: JobId, now: Date): Promise<void> {
  await sql`
    update job_steps set finished_at = ${now}, status = case kind when 'action' then 'failed' else 'interrupted' end,
      error_code = case kind when 'action' then 'outcome_unknown' end
    where job_id = ${jobId} and status = 'began'`.execute(tx)
}

type Ended = Pick<
  Selectable<Tables['jobs']>,
  'id' | 'workspace_id' | 'person_id' | 'surface' | 'sealed_address' | 'data_key_id'
>

/** Puts the reason on the job, and a message to its person on its way. */
async function tell(ctx: JobsContext, tx: Db, job: Ended, end: JobEnd): Promise<void> {
  const key = await whatOpens(() => ctx.dataKeys.load(job.data_key_id))
  if (!key) return
  const sealed_error = key.seal(jobPlace(job.id, 'error'), { message: end.message })
  await tx.updateTable('jobs').set({ sealed_error }).where('id', '=', job.id).execute()
  const address = await whatOpens(() =>
    openOptional<Record<string, unknown>>(key, jobPlace(job.id, 'address'), job.sealed_address),
  )
  if (!address || !ctx.surfaces.has(job.surface)) return
  await writeOutgoing(tx, key, {
    workspaceId: job.workspace_id,
    jobId: job.id,
    personId: job.person_id,
    surface: job.surface,
    address,
    outgoing: { kind: 'reply', message: { text: end.message, fields: [], links: [], tone: 'failure' } },
  })
}

/** The job's waits go; so do its visits, and requests that no other job waits for. */
async function withdrawAsking(tx: Db, jobId: JobId, end: JobEnd, now: Date): Promise<void> {
  await tx
    .updateTable('connect_visits')
    .set({ status: end.code === 'declined' ? 'declined' : 'expired' })
    .where('job_id', '=', jobId)
    .where('status', '=', 'open')
    .execute()
  await sql`
    with gone as (delete from waits where job_id = ${jobId} returning job_id, kind, key)
    update connect_requests r set status = ${end.code === 'declined' ? 'declined' : 'cancelled'}, finished_at = ${now}
    from gone join jobs j on j.id = gone.job_id
    where r.status = 'open' and gone.kind = 'connection' and r.parent_id = gone.key and r.person_id = j.person_id
      and not exists (
        select from waits other join jobs oj on oj.id = other.job_id
        where other.kind = 'connection' and other.key = gone.key and other.job_id <> ${jobId}
          and oj.person_id = j.person_id and oj.status = 'waiting_for_connection'
      )`.execute(tx)
}
