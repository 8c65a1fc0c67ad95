import type { Missing } from '#asking/connect-request.ts'
import { Bug, UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { inSpan, noteOnSpan } from '#core/trace.ts'
import type { Db } from '#database/db.ts'
import type { Outgoing } from '#surfaces/surface.ts'
import { admitHeld, admitIfHeld } from './admit-held.ts'
import { askForConnections } from './ask-for-connections.ts'
import { checkSkillOutput } from './check-skill-output.ts'
import { type ClaimedJob, mayGoOn } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { continueAtOnce } from './continue-jobs.ts'
import { deliverOutbox } from './deliver-outbox.ts'
import { endBrokenJob } from './end-broken-job.ts'
import { endJob, type JobEnd } from './end-job.ts'
import { findMissingNow } from './find-missing.ts'
import { giveBackJob } from './give-back-job.ts'
import { claimKnownJob } from './leave-to-newer.ts'
import { outputOf } from './read-job-answer.ts'
import { type Finish, record } from './record.ts'
import { beginRun, type DelegatedConnection, type Frame, outerFrame, type Progress, type Run, say } from './run.ts'
import { runSteps, wordsOf } from './run-steps.ts'
import { stopIfFailing } from './stop-failing-recipe.ts'
import { waitForAnswer, waitUntil } from './wait-for.ts'
import { askForMissing, waitForDelegator } from './wait-for-delegator.ts'
import { wakeWatchers } from './watch-job.ts'
import { writeDown } from './write-down.ts'

/**
 * Runs a job as far as it goes: to its end, or to a step that must wait for its person. Steps on record are not run again. Does
 * nothing when the job is not this process's to run. Never throws what went wrong in the job itself: that is the job's end.
 */
export async function runJob(ctx: JobsContext, jobId: JobId): Promise<void> {
  const present = ctx.running.get(jobId)
  if (present) {
    // why: it may be about to leave the job waiting while its person has just connected; the bell must not be lost.
    present.rungAgain = true
    return
  }
  ctx.running.set(jobId, { rungAgain: false })
  await takeTurns(ctx, jobId)
}

/** The same for a new job that was recorded as claimed by this process, and has its place in `ctx.running`. */
export function runClaimedJob(ctx: JobsContext, job: ClaimedJob): Promise<void> {
  return takeTurns(ctx, job.id, job)
}

async function takeTurns(ctx: JobsContext, jobId: JobId, claimed?: ClaimedJob): Promise<void> {
  const turn = ctx.running.get(jobId) ?? { rungAgain: false }
  try {
    await takeTurn(ctx, jobId, claimed)
    while (turn.rungAgain) {
      turn.rungAgain = false
      await takeTurn(ctx, jobId)
    }
  } finally {
    ctx.running.delete(jobId)
    wakeWatchers(ctx, jobId)
  }
}

/** What is claimed already was checked when it was recorded, a moment ago. */
async function takeTurn(ctx: JobsContext, jobId: JobId, claimed?: ClaimedJob): Promise<void> {
  try {
    const job = claimed ?? (await claimKnownJob(ctx, jobId))
    if (!job) return await admitIfHeld(ctx, jobId)
    ctx.checkpoint('job claimed')
    const { id, recipeId: recipe, traceparent: parent } = job
    await inSpan(ctx, { name: 'jobs/run', kind: 'consumer', job: id, recipe, parent }, async () => {
      const forbidden = claimed ? undefined : await mayGoOn(ctx, job)
      if (forbidden) await endFromOutside(ctx, job, forbidden)
      else await drive(ctx, job)
    })
    if (job.limited) await admitHeld(ctx)
  } catch (error) {
    // why: a job whose data no machine can open, or write down, would be taken up again for ever.
    if (!(error instanceof Bug || isTooMuch(error))) throw error
    await endBrokenJob(ctx, jobId, error)
  }
}

/** What is larger, or nests deeper, than the engine or PostgreSQL (class 54) can hold. */
const isTooMuch = (error: unknown): error is Error =>
  error instanceof RangeError || (error instanceof Error && /^54...$/.test(String((error as { code?: unknown }).code)))

async function drive(ctx: JobsContext, job: ClaimedJob): Promise<void> {
  const run = await beginRun(ctx, job)
  if (job.waited && job.person) {
    const missing = await findMissingNow(ctx, run, job.person)
    if (missing.length > 0) return waitForConnections(ctx, run, { missing, step: null })
  }
  const frame = outerFrame(run)
  const progress = await runSteps(ctx, frame, job.program.main.document.steps)
  switch (progress.kind) {
    case 'fence_lost':
      return
    case 'give_back':
      return giveBack(ctx, run)
    case 'must_ask':
      return progress.delegated
        ? waitForLeave(ctx, run, { ...progress, delegated: progress.delegated })
        : waitForConnections(ctx, run, neededBy(run, progress))
    case 'must_wait':
      return waitForAnswer(ctx, run, progress)
    case 'not_before':
      return waitUntil(ctx, run, progress.at)
    case 'failed':
      return finishRun(ctx, run, frame, failureOf(progress))
    case 'ended':
      return finishRun(ctx, run, frame, progress.finish)
    case 'through':
      return finishRun(ctx, run, frame, { status: 'succeeded', error: null, result: null })
  }
}

/** Another process goes on from here at once. */
async function giveBack(ctx: JobsContext, run: Run): Promise<void> {
  if (!(await writeDown(ctx, run))) return
  await giveBackJob(ctx, run.job)
  noteOnSpan({ outcome: 'given_back' })
}

function failureOf(progress: Extract<Progress, { kind: 'failed' }>): Finish {
  return { status: 'failed', error: { code: progress.error.code, message: wordsOf(progress) }, result: null }
}

async function finishRun(ctx: JobsContext, run: Run, { reply }: Frame, ended: Finish): Promise<void> {
  const { job, unwritten } = run
  const finish = checkSkillOutput(job, reply.last, ended)
  const hasReplied = reply.last !== null || unwritten.outgoing.length > 0
  if (finish.error) say(run, closingMessage(finish.error.message, 'failure'))
  else if (!hasReplied && !isFunction(job)) say(run, closingMessage(`“${job.recipeName}” is done.`, 'success'))
  const { outgoing } = unwritten
  const steps = [...unwritten.steps.values()]
  const written = await inSpan(ctx, { name: 'jobs/reply', job: job.id }, () =>
    record(ctx, job, { steps, outgoing, finish: { ...finish, result: reply.last } }),
  )
  if (!written) return
  ctx.checkpoint('job ended')
  noteOnSpan({ outcome: finish.status, ...(finish.error && { code: finish.error.code }) })
  if (finish.error) await stopIfFailing(ctx, job, finish.error.code)
  wakeWatchers(ctx, job.id, {
    status: finish.status,
    errorCode: finish.error?.code ?? null,
    output: outputOf(reply.last),
  })
  // why: a webhook's job has nobody to write to.
  if (ctx.surfaces.has(job.origin.surface)) await deliverOutbox(ctx)
}

const closingMessage = (text: string, tone: 'success' | 'failure'): Outgoing => ({
  kind: 'reply',
  message: { text, fields: [], links: [], tone },
})

/** A function that runs by itself says only what went wrong. */
const isFunction = ({ program }: ClaimedJob): boolean => program.main.document.trigger.kind === 'function'

interface Needed {
  missing: Missing[]
  /** The step it stopped at; null before the first. */
  step: string | null
}

function neededBy({ job }: Run, { step, parentId, interruption }: Extract<Progress, { kind: 'must_ask' }>): Needed {
  if (interruption.kind !== 'connect') throw new Bug(`step ${step} of ${job.id} cannot be asked for`)
  return { step, missing: [{ parentId, reason: interruption.reason }] }
}

/** Ends the turn of this process and asks the job's person; it goes on with what is on record. */
async function waitForConnections(ctx: JobsContext, run: Run, { missing, step }: Needed): Promise<void> {
  const { job, use } = run
  const { id: jobId, person, recipeName, origin, dataKey } = job
  if (!person) throw new Bug(`job ${jobId} has nobody to ask`)
  if (!(await writeDown(ctx, run))) return
  await ctx.db.transaction().execute(async (tx) => {
    if (!(await setWaiting(tx, job))) return
    const asking = { jobId, recipeName, use, person, origin, dataKey, missing, step }
    if ((await askForConnections(ctx, tx, asking)) === null) await continueAtOnce(tx, jobId)
  })
  ctx.checkpoint('wait recorded')
  noteOnSpan({ outcome: 'waiting_for_connection' })
  await deliverOutbox(ctx)
}

/** False when this process no longer speaks for the job. */
async function setWaiting(tx: Db, { id, fence }: ClaimedJob): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('jobs')
    .set({ status: 'waiting_for_connection', holder: null })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('status', '=', 'running')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

type Unusable = Extract<Progress, { kind: 'must_ask' }> & { delegated: DelegatedConnection }

/** The same for a connection that somebody else delegates: they are asked. Where that makes no sense, the job fails. */
async function waitForLeave(ctx: JobsContext, run: Run, { step, delegated, interruption }: Unusable): Promise<void> {
  const { id: jobId, workspaceId } = run.job
  if (interruption.kind !== 'connect' || !(await writeDown(ctx, run))) return
  const missing = [{ ...delegated, reason: interruption.reason }]
  try {
    await ctx.db.transaction().execute(async (tx) => {
      if (!(await setWaiting(tx, run.job))) return
      const asked = await askForMissing(ctx, tx, { workspaceId, missing })
      if (asked.length === 0) await continueAtOnce(tx, jobId)
      await waitForDelegator(ctx, tx, { jobId, step, asked })
    })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return endFromOutside(ctx, run.job, { status: 'failed', code: error.code, message: error.message })
  }
  ctx.checkpoint('wait recorded')
  await deliverOutbox(ctx)
}

async function endFromOutside(ctx: JobsContext, job: ClaimedJob, end: JobEnd): Promise<void> {
  await ctx.db.transaction().execute((tx) => endJob(ctx, tx, job.id, end))
  noteOnSpan({ outcome: end.status, code: end.code })
  await deliverOutbox(ctx)
}
