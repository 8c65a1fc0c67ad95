import { UserError } from '#core/errors.ts'
import { inSpan } from '#core/trace.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import { checkAgainst, type JsonSchema } from '#recipes/json-schema.ts'
import { type CalledPart, MAX_CALLS_WITHIN } from '#recipes/program.ts'
import type { Json } from '#recipes/scope.ts'
import type { CallStep } from '#recipes/step.ts'
import type { JobsContext } from './context.ts'
import { findDelegated } from './find-delegated.ts'
import { type Frame, isMasked, keyOf, noteOutcome, type Progress, placeOf, putOutput } from './run.ts'
import type { RunSteps } from './run-steps.ts'
import { startCalled } from './start-called.ts'
import { writeDown } from './write-down.ts'

/**
 * Calls a function: as the person this job runs for, or with the connections named for it. Its steps run within this job and are on
 * record in it; one that is not waited for runs as a job of its own.
 */
export async function runCallStep(
  ctx: JobsContext,
  frame: Frame,
  step: CallStep,
  runSteps: RunSteps,
): Promise<Progress> {
  const key = keyOf(frame, step)
  const before = frame.run.recorded.get(key)
  if (before?.status === 'succeeded') return done(frame, step, before.output)
  const called = findCalled(frame, step)
  const input = before?.began?.input ?? (await evaluateMapping(ctx, step.input, placeOf(frame, step, 'input')))
  refuseMisfit(called, 'input', input)
  noteOutcome(ctx, frame, step, { status: 'began', input })
  if (!step.wait) return startApart(ctx, frame, step, { called, input })
  const within = frameOf(frame, step, called, input)
  const delegated = await findDelegated(ctx, frame, { step, called })
  const progress = await inSpan(ctx, { name: 'jobs/call', recipe: called.id }, () =>
    runSteps(ctx, { ...within, delegated }, called.document.steps),
  )
  return progress.kind === 'through' || progress.kind === 'ended'
    ? afterCall(ctx, frame, step, { called, within, progress })
    : progress
}

function findCalled(frame: Frame, step: CallStep): CalledPart {
  const called = frame.run.job.program.functions.get(step.recipe_id ?? '')
  if (!called) throw new UserError('function_missing', 'The function it calls is gone. Ask the recipe’s builder.')
  if (frame.calls < MAX_CALLS_WITHIN) return called
  const message = `Functions call one another more than ${MAX_CALLS_WITHIN} deep. Ask the recipe’s builder.`
  throw new UserError('calls_too_deep', message)
}

function refuseMisfit({ name, document }: CalledPart, side: 'input' | 'output', value: unknown): void {
  if (document.trigger.kind !== 'function') return
  const [first] = checkAgainst(document.trigger[side] as JsonSchema, value)
  if (!first) return
  const what = side === 'input' ? 'takes another input' : 'did not yield what it says it does'
  const message = `The function “${name}” ${what}: ${first.path || 'it'} ${first.message}.`
  const code = side === 'input' ? 'function_input_invalid' : 'function_output_invalid'
  throw new UserError(code, message, { details: { path: first.path } })
}

function frameOf(frame: Frame, step: CallStep, called: CalledPart, input: Json): Frame {
  const { person, job } = frame.scope
  return {
    run: frame.run,
    part: called,
    prefix: `${keyOf(frame, step)}.`,
    effectPrefix: `${frame.effectPrefix}${step.name}.`,
    scope: { trigger: input, steps: {}, person, job },
    reply: { last: null },
    calls: frame.calls + 1,
    masked: isMasked(frame, step),
    delegated: new Map(),
  }
}

interface Returned {
  called: CalledPart
  within: Frame
  progress: Extract<Progress, { kind: 'through' | 'ended' }>
}

/** What the function yields is what its last reply holds. One that stops as failed fails the call, and this job only by that. */
function afterCall(ctx: JobsContext, frame: Frame, step: CallStep, { called, within, progress }: Returned): Progress {
  if (progress.kind === 'ended' && progress.finish.error) {
    const { code, message } = progress.finish.error
    throw new UserError(code, message)
  }
  const output = within.reply.last?.output ?? {}
  refuseMisfit(called, 'output', output)
  noteOutcome(ctx, frame, step, { status: 'succeeded', output, masked: within.reply.last?.masked === true })
  return done(frame, step, output as Json)
}

/** Cut off in between, it is started once all the same: its key is this step. */
async function startApart(
  ctx: JobsContext,
  frame: Frame,
  step: CallStep,
  { called, input }: { called: CalledPart; input: Json },
): Promise<Progress> {
  // why: a job that was ended meanwhile, or taken over, starts nothing more.
  if (!(await writeDown(ctx, frame.run))) return { kind: 'fence_lost' }
  const apart = { called, input, key: keyOf(frame, step), masked: isMasked(frame, step) }
  const jobId = await startCalled(ctx, frame.run.job, apart)
  noteOutcome(ctx, frame, step, { status: 'succeeded', output: { job_id: jobId } })
  return done(frame, step, { job_id: jobId })
}

function done(frame: Frame, step: CallStep, output: Json): Progress {
  putOutput(frame, step, output)
  return { kind: 'through' }
}
