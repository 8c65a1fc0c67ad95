import type { Interruption } from '#connections/connect-reason.ts'
import { Bug, OutsideError, UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { holds } from '#recipes/conditions.ts'
import { resolveMapping } from '#recipes/mapping.ts'
import type { IfStep, ReplyStep, Step, StopStep } from '#recipes/recipe.ts'
import type { Json, Scope } from '#recipes/scope.ts'
import { type PlacedStep, stepsInOrder } from '#recipes/steps.ts'
import type { Outgoing } from '#surfaces/surface.ts'
import { askForConnections } from './ask-for-connections.ts'
import { type ClaimedJob, claimJob, mayGoOn } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { continueAtOnce } from './continue-jobs.ts'
import { deliverOutbox } from './deliver-outbox.ts'
import { endBrokenJob } from './end-broken-job.ts'
import { endJob, type JobEnd } from './end-job.ts'
import { loadStepRecords, type RecordedStep } from './load-step-records.ts'
import { outputOf } from './read-job-answer.ts'
import { type Finish, record, type StepRecord } from './record.ts'
import { runActionStep } from './run-action-step.ts'
import { wakeWatchers } from './watch-job.ts'

/** A run of a claimed job: what is known, and what is not written yet. */
export interface Run {
  job: ClaimedJob
  scope: Scope
  /** Outcomes on record from before, by step name. */
  recorded: ReadonlyMap<string, RecordedStep>
  /** Where each step stands in the recipe. */
  placed: ReadonlyMap<string, PlacedStep>
  /** Written with the next statement: before the next outside effect, at the latest at the end. */
  unwritten: { steps: StepRecord[]; outgoing: Outgoing[] }
  /** The last reply's data, for a caller by API or webhook. */
  result: { text: string; output: Json } | null
}

/** How far a list of steps came. */
export type Progress =
  | { kind: 'through' }
  | { kind: 'ended'; finish: Finish }
  /** The connection a step needs must be connected first. */
  | { kind: 'must_ask'; step: string; parentId: NonNullable<RecordedStep['parentId']>; interruption: Interruption }
  /** Another process speaks for this job now. */
  | { kind: 'fence_lost' }

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
    const job = claimed ?? (await claimJob(ctx, jobId))
    if (!job) return
    ctx.checkpoint('job claimed')
    const forbidden = claimed ? undefined : await mayGoOn(ctx, job)
    if (forbidden) await endFromOutside(ctx, job, forbidden)
    else await drive(ctx, job)
  } catch (error) {
    // why: a job whose data no machine can open would be taken up again for ever.
    if (!(error instanceof Bug)) throw error
    await endBrokenJob(ctx, jobId, error)
  }
}

async function drive(ctx: JobsContext, job: ClaimedJob): Promise<void> {
  const run = await beginRun(ctx, job)
  const progress = await runSteps(ctx, run, job.document.steps)
  if (progress.kind === 'fence_lost') return
  if (progress.kind === 'must_ask') return waitForConnection(ctx, run, progress)
  await finishRun(
    ctx,
    run,
    progress.kind === 'ended' ? progress.finish : { status: 'succeeded', error: null, result: null },
  )
}

async function beginRun(ctx: JobsContext, job: ClaimedJob): Promise<Run> {
  const recorded = job.resumed ? await loadStepRecords(ctx, job) : new Map<string, RecordedStep>()
  const outputs = [...recorded.values()].filter(({ status, kind }) => status === 'succeeded' && kind === 'action')
  const { person } = job
  return {
    job,
    recorded,
    placed: new Map(stepsInOrder(job.document).map((placed) => [placed.step.name, placed])),
    unwritten: { steps: [], outgoing: [] },
    result: null,
    scope: {
      trigger: job.input,
      steps: Object.fromEntries(outputs.map(({ step, output }) => [step, output])),
      person: person && { id: person.id, name: person.name, email: person.email },
      job: { id: job.id, recipe: job.recipeName, created_at: job.createdAt.toISOString() },
    },
  }
}

async function runSteps(ctx: JobsContext, run: Run, steps: readonly Step[]): Promise<Progress> {
  for (const step of steps) {
    const progress = await runStep(ctx, run, step)
    if (progress.kind !== 'through') return progress
  }
  return { kind: 'through' }
}

async function runStep(ctx: JobsContext, run: Run, step: Step): Promise<Progress> {
  try {
    switch (step.kind) {
      case 'action':
        return await runActionStep(ctx, run, step)
      case 'if':
        return await runSteps(ctx, run, chooseBranch(ctx, run, step))
      case 'reply':
        return reply(ctx, run, step)
      case 'stop':
        return stop(ctx, run, step)
    }
  } catch (error) {
    return failStep(ctx, run, step, error)
  }
}

/** The branch whose condition holds. Deciding again after a crash gives the same, from the same recorded outputs. */
function chooseBranch(ctx: JobsContext, run: Run, step: IfStep): readonly Step[] {
  const path = pathOf(run, step.name)
  const first = holds(step.condition, run.scope, `${path}.condition`)
  const index = first
    ? -1
    : step.else_if.findIndex((each, i) => holds(each.condition, run.scope, `${path}.else_if[${i}].condition`))
  const chosen = first ? 'if' : index >= 0 ? `else if ${index + 1}` : 'else'
  noteStep(ctx, run, step.name, { status: 'succeeded', output: { branch: chosen } })
  return first ? step.steps : (step.else_if[index]?.steps ?? step.else)
}

function reply(ctx: JobsContext, run: Run, step: ReplyStep): Progress {
  const path = pathOf(run, step.name)
  const text = asText(resolveMapping(step.text, run.scope, `${path}.text`))
  const fields = step.fields.map(({ name, value }, i) => ({
    name,
    value: asText(resolveMapping(value, run.scope, `${path}.fields[${i}].value`)),
  }))
  const output = step.output ? resolveMapping(step.output, run.scope, `${path}.output`) : null
  run.result = { text, output }
  // why: a reply on record was written together with its message: it is not sent again.
  if (run.recorded.get(step.name)?.status === 'succeeded') return { kind: 'through' }
  noteStep(ctx, run, step.name, { status: 'succeeded', output: { text, fields, output } })
  run.unwritten.outgoing.push({ kind: 'reply', message: { text, fields, links: [], tone: 'success' } })
  return { kind: 'through' }
}

function stop(ctx: JobsContext, run: Run, step: StopStep): Progress {
  const message = asText(resolveMapping(step.message, run.scope, `${pathOf(run, step.name)}.message`))
  noteStep(ctx, run, step.name, { status: 'succeeded', output: { outcome: step.outcome, message } })
  if (step.outcome === 'succeeded') {
    if (message)
      run.unwritten.outgoing.push({ kind: 'reply', message: { text: message, fields: [], links: [], tone: 'success' } })
    return { kind: 'ended', finish: { status: 'succeeded', error: null, result: null } }
  }
  const error = { code: 'stopped_by_recipe', message: message || 'The recipe stopped here.' }
  return { kind: 'ended', finish: { status: 'failed', error, result: null } }
}

function noteStep(ctx: JobsContext, run: Run, step: string, outcome: Pick<StepRecord, 'status' | 'output'>): void {
  if (run.recorded.has(step)) return
  const now = ctx.clock()
  const position = run.placed.get(step)?.position ?? 0
  run.unwritten.steps.push({ step, position, action: null, startedAt: now, finishedAt: now, ...outcome })
}

/** A step that failed ends the job, with the error on the step and on the job. Our own faults are shown as a reference only. */
function failStep(ctx: JobsContext, run: Run, step: Step, error: unknown): Progress {
  const shown = shownError(ctx, run, error)
  const now = ctx.clock()
  const present = run.unwritten.steps.find((each) => each.step === step.name)
  if (present) Object.assign(present, { status: 'failed', error: shown, finishedAt: now })
  else {
    const position = run.placed.get(step.name)?.position ?? 0
    const action = step.kind === 'action' ? step.action : null
    run.unwritten.steps.push({
      step: step.name,
      position,
      action,
      status: 'failed',
      error: shown,
      startedAt: now,
      finishedAt: now,
    })
  }
  const message = `The step “${step.name}” failed: ${shown.message}`
  return { kind: 'ended', finish: { status: 'failed', error: { code: shown.code, message }, result: null } }
}

/** The code under which an error is on record: `bug` for every fault of ours. */
export const errorCodeOf = (error: unknown): string =>
  error instanceof UserError || error instanceof OutsideError ? error.code : new Bug('').code

function shownError(ctx: JobsContext, run: Pick<Run, 'job'>, error: unknown): { code: string; message: string } {
  const code = errorCodeOf(error)
  if (error instanceof UserError || error instanceof OutsideError) return { code, message: error.message }
  ctx.log.error({ err: error, job: run.job.id }, 'a step failed by a fault of ours')
  return { code, message: `Something went wrong in Behalf. Quote ${run.job.id} to whoever runs it.` }
}

async function finishRun(ctx: JobsContext, run: Run, finish: Finish): Promise<void> {
  const { job, unwritten } = run
  if (finish.error) unwritten.outgoing.push(closingMessage(finish.error.message, 'failure'))
  else if (!hasReplied(run)) unwritten.outgoing.push(closingMessage(`“${job.recipeName}” is done.`, 'success'))
  const written = await record(ctx, job, { ...unwritten, finish: { ...finish, result: run.result } })
  if (!written) return
  ctx.checkpoint('job ended')
  wakeWatchers(ctx, job.id, {
    status: finish.status,
    errorCode: finish.error?.code ?? null,
    output: outputOf(run.result),
  })
  // why: a webhook's job has nobody to write to.
  if (ctx.surfaces.has(job.origin.surface)) await deliverOutbox(ctx)
}

const closingMessage = (text: string, tone: 'success' | 'failure'): Outgoing => ({
  kind: 'reply',
  message: { text, fields: [], links: [], tone },
})

function hasReplied(run: Run): boolean {
  return run.result !== null || run.unwritten.outgoing.length > 0
}

/** Ends the turn of this process and asks the job's person; it goes on from this step with what is on record. */
async function waitForConnection(
  ctx: JobsContext,
  run: Run,
  { step, parentId, interruption }: Extract<Progress, { kind: 'must_ask' }>,
): Promise<void> {
  const { job } = run
  if (interruption.kind !== 'connect' || !job.person) throw new Bug(`step ${step} of ${job.id} cannot be asked for`)
  const { person } = job
  const { reason } = interruption
  if (run.unwritten.steps.length > 0 && !(await record(ctx, job, { ...run.unwritten, finish: null }))) return
  await ctx.db.transaction().execute(async (tx) => {
    const waiting = await tx
      .updateTable('jobs')
      .set({ status: 'waiting_for_connection', holder: null })
      .where('id', '=', job.id)
      .where('fence', '=', job.fence)
      .where('status', '=', 'running')
      .executeTakeFirst()
    if (waiting.numUpdatedRows === 0n) return
    const missing = [{ parentId, reason }]
    const asking = {
      jobId: job.id,
      recipeName: job.recipeName,
      person,
      origin: job.origin,
      dataKey: job.dataKey,
      missing,
      step,
    }
    if ((await askForConnections(ctx, tx, asking)) === null) await continueAtOnce(tx, job.id)
  })
  ctx.checkpoint('wait recorded')
  await deliverOutbox(ctx)
}

async function endFromOutside(ctx: JobsContext, job: ClaimedJob, end: JobEnd): Promise<void> {
  await ctx.db.transaction().execute((tx) => endJob(ctx, tx, job.id, end))
  await deliverOutbox(ctx)
}

export const pathOf = (run: Run, step: string): string => run.placed.get(step)?.path ?? step

const asText = (value: Json): string =>
  value === null
    ? ''
    : typeof value === 'string'
      ? value
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value)
