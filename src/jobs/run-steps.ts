import { setImmediate } from 'node:timers/promises'
import { UserError } from '#core/errors.ts'
import { isDatabaseOutage } from '#database/is-database-outage.ts'
import { holds } from '#recipes/conditions.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import type { IfStep, Step, StopStep } from '#recipes/step.ts'
import { asText } from './as-text.ts'
import type { JobsContext } from './context.ts'
import { type Frame, isMasked, keyOf, noteOutcome, noteStep, type Progress, placeOf, type Run, say } from './run.ts'
import { runActionStep } from './run-action-step.ts'
import { runAskStep } from './run-ask-step.ts'
import { runCallStep } from './run-call-step.ts'
import { runHandleErrors } from './run-handle-errors.ts'
import { runForEach, runRepeat } from './run-loops.ts'
import { runReplyStep } from './run-reply-step.ts'
import { shownError } from './shown-error.ts'
import { writeDown } from './write-down.ts'

/** Runs steps in their order, as far as they go. What goes wrong in one is put on record, never thrown. */
export async function runSteps(ctx: JobsContext, frame: Frame, steps: readonly Step[]): Promise<Progress> {
  for (const step of steps) {
    if (isToGiveBack(ctx, frame.run)) return { kind: 'give_back' }
    if (!(await mayRunOne(ctx, frame.run))) return { kind: 'fence_lost' }
    const progress = await runStep(ctx, frame, step)
    if (progress.kind !== 'through') return progress
  }
  return { kind: 'through' }
}

/** Asked between steps, so that none is cut off; not before the first of a turn, so that each turn comes further. */
function isToGiveBack({ givingBack, watchers }: JobsContext, { stepsRun, job }: Run): boolean {
  if (stepsRun === 0 || givingBack.jobs === 'none') return false
  return givingBack.jobs === 'all' || !watchers.has(job.id)
}

/** Steps of one job, each time of a loop counted: loops within loops would go on for days. */
const MAX_STEPS_RUN = 100_000
/** What all of them yield, in bytes. */
const MAX_KEPT = 256 * 1024 * 1024
const WRITE_AFTER = 500
const WRITE_AFTER_BYTES = 8 * 1024 * 1024
const PAUSE_AFTER = 50

/** Keeps a job that has much to do by itself from holding up others, and from going on after it was ended elsewhere. */
async function mayRunOne(ctx: JobsContext, run: Run): Promise<boolean> {
  run.stepsRun++
  if (run.stepsRun % PAUSE_AFTER === 0) await setImmediate()
  const { steps, weight } = run.unwritten
  return (steps.size < WRITE_AFTER && weight < WRITE_AFTER_BYTES) || writeDown(ctx, run)
}

async function runStep(ctx: JobsContext, frame: Frame, step: Step): Promise<Progress> {
  const before = frame.run.recorded.get(keyOf(frame, step))
  if (before?.status === 'failed') return failed(frame, step, before.error ?? { code: 'failed', message: 'It failed.' })
  try {
    if (frame.run.stepsRun > MAX_STEPS_RUN) throw tooManySteps()
    if (frame.run.kept > MAX_KEPT) throw tooMuchKept()
    const progress = await runOfKind(ctx, frame, step)
    if (progress.kind === 'ended' && HOLDS_STEPS.has(step.kind))
      noteOutcome(ctx, frame, step, { status: 'interrupted' })
    return progress.kind === 'failed' ? failAround(ctx, frame, step, progress) : progress
  } catch (error) {
    // why: a database that is away for a moment says nothing about the step: the job is taken up again where it was.
    if (isDatabaseOutage(error)) throw error
    return failStep(ctx, frame, step, shownError(ctx, frame.run, error))
  }
}

/** Steps that a stop within them ends before they are through. */
const HOLDS_STEPS: ReadonlySet<Step['kind']> = new Set(['for_each', 'repeat', 'handle_errors'])

async function runOfKind(ctx: JobsContext, frame: Frame, step: Step): Promise<Progress> {
  switch (step.kind) {
    case 'action':
      return runActionStep(ctx, frame, step)
    case 'if':
      return runSteps(ctx, frame, await chooseBranch(ctx, frame, step))
    case 'for_each':
      return runForEach(ctx, frame, step, runSteps)
    case 'repeat':
      return runRepeat(ctx, frame, step, runSteps)
    case 'handle_errors':
      return runHandleErrors(ctx, frame, step, runSteps)
    case 'call':
      return runCallStep(ctx, frame, step, runSteps)
    case 'ask':
      return runAskStep(ctx, frame, step)
    case 'reply':
      return runReplyStep(ctx, frame, step)
    case 'stop':
      return stop(ctx, frame, step)
  }
}

/** The branch whose condition holds; once it was chosen it stays, whatever the condition says later. */
async function chooseBranch(ctx: JobsContext, frame: Frame, step: IfStep): Promise<readonly Step[]> {
  const key = keyOf(frame, step)
  const before = frame.run.recorded.get(key)?.output as { branch: string } | null | undefined
  const branch = before?.branch ?? (await branchThatHolds(ctx, frame, step))
  noteOutcome(ctx, frame, step, { status: 'succeeded', output: { branch } })
  if (branch === 'if') return step.steps
  if (branch === 'else') return step.else
  return step.else_if[Number(branch.slice('else if '.length)) - 1]?.steps ?? []
}

async function branchThatHolds(ctx: JobsContext, frame: Frame, step: IfStep): Promise<string> {
  if (await holds(ctx, step.condition, placeOf(frame, step, 'condition'))) return 'if'
  for (const [index, { condition }] of step.else_if.entries())
    if (await holds(ctx, condition, placeOf(frame, step, `else_if[${index}].condition`))) return `else if ${index + 1}`
  return 'else'
}

async function stop(ctx: JobsContext, frame: Frame, step: StopStep): Promise<Progress> {
  const message = asText(await evaluateMapping(ctx, step.message, placeOf(frame, step, 'message')))
  noteOutcome(ctx, frame, step, { status: 'succeeded', output: { outcome: step.outcome, message } })
  if (step.outcome === 'failed') {
    const error = { code: 'stopped_by_recipe', message: message || 'The recipe stopped here.' }
    return { kind: 'ended', finish: { status: 'failed', error, result: null } }
  }
  if (message && frame.calls === 0)
    say(frame.run, { kind: 'reply', message: { text: message, fields: [], links: [], tone: 'success' } })
  return { kind: 'ended', finish: { status: 'succeeded', error: null, result: null } }
}

/** A step that failed, with the error on it. Our own faults are shown as a reference only. */
function failStep(ctx: JobsContext, frame: Frame, step: Step, error: { code: string; message: string }): Progress {
  const progress = failed(frame, step, error)
  noteStep(frame, step, {
    status: 'failed',
    error: progress.error,
    startedAt: ctx.clock(),
    finishedAt: ctx.clock(),
  })
  return progress
}

type Failed = Extract<Progress, { kind: 'failed' }>

/** The words of an error may be data: of a masked step they are told to nobody, neither by the job nor to what handles the error. */
const failed = (frame: Frame, step: Step, { code, message }: Failed['error']): Failed => ({
  kind: 'failed',
  step: step.name,
  error: { code, message: isMasked(frame, step) ? `${code}. More is masked by the recipe.` : message },
})

/** A step that holds others fails with the one that failed in it; an if is not to blame for what it chose. */
function failAround(ctx: JobsContext, frame: Frame, step: Step, progress: Failed): Progress {
  if (step.kind === 'if' || step.kind === 'handle_errors') return progress
  return failStep(ctx, frame, step, { code: progress.error.code, message: wordsOf(progress) })
}

/** What a failed step is to whoever hears of it from outside. */
export const wordsOf = ({ step, error }: Failed): string => `The step “${step}” failed: ${error.message}`

function tooManySteps(): UserError {
  const message = `This job has run ${MAX_STEPS_RUN} steps, each time of a loop counted: split the work over several jobs.`
  return new UserError('too_many_steps_run', message)
}

function tooMuchKept(): UserError {
  const message =
    'The steps of this job have yielded more than 256 MiB: fetch less, or split the work over several jobs.'
  return new UserError('job_too_large', message)
}

export type RunSteps = typeof runSteps
