import { sql } from 'kysely'
import { noteOnSpan } from '#core/trace.ts'
import type { JobsContext } from './context.ts'
import { deliverOutbox } from './deliver-outbox.ts'
import { writeOutgoing } from './outbox.ts'
import { questionMessage } from './question-message.ts'
import { queueTaskOf } from './queue-names.ts'
import type { Progress, Run } from './run.ts'
import { writeDown } from './write-down.ts'

/** Ends the turn of this process until a time; then any process takes the job up where it was. */
export async function waitUntil(ctx: JobsContext, run: Run, at: Date): Promise<void> {
  if (!(await writeDown(ctx, run))) return
  const { id, fence, origin } = run.job
  await sql`
    with waiting as (
      update jobs set status = 'queued', holder = null, waited = true, not_before = ${at}
      where id = ${id} and fence = ${fence} and status = 'running' returning id
    )
    select graphile_worker.add_job(${queueTaskOf(origin.surface)}, json_build_object('id', id), run_at => ${at}) from waiting`.execute(
    ctx.db,
  )
  ctx.checkpoint('wait recorded')
}

/** Ends the turn of this process and asks the job's person; it goes on with what they answer. */
export async function waitForAnswer(
  ctx: JobsContext,
  run: Run,
  { step, question, text }: Extract<Progress, { kind: 'must_wait' }>,
): Promise<void> {
  const { id: jobId, fence, person, origin, dataKey, workspaceId } = run.job
  if (!(await writeDown(ctx, run))) return
  const expiresAt = new Date(ctx.clock().getTime() + question.expires_in_hours * 60 * 60 * 1000)
  await ctx.db.transaction().execute(async (tx) => {
    const waiting = await tx
      .updateTable('jobs')
      .set({ status: 'waiting_for_answer', holder: null })
      .where('id', '=', jobId)
      .where('fence', '=', fence)
      .where('status', '=', 'running')
      .executeTakeFirst()
    if (waiting.numUpdatedRows === 0n) return
    const wait = { job_id: jobId, kind: 'answer' as const, key: step, step, expires_at: expiresAt }
    await tx
      .insertInto('waits')
      .values({ ...wait, on_lapse: question.on_timeout })
      .execute()
    if (!person || !ctx.surfaces.has(origin.surface)) return
    const outgoing = { kind: 'question' as const, message: questionMessage({ ...question, jobId, step }, text) }
    await writeOutgoing(tx, dataKey, { workspaceId, jobId, personId: person.id, ...origin, outgoing })
  })
  ctx.checkpoint('wait recorded')
  noteOnSpan({ outcome: 'waiting_for_answer' })
  await deliverOutbox(ctx)
}
