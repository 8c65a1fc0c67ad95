import type { HandleErrorsStep } from '#recipes/step.ts'
import type { JobsContext } from './context.ts'
import { type Frame, keyOf, noteOutcome, type Progress } from './run.ts'
import type { RunSteps } from './run-steps.ts'

/** What is on record of tries: how many were begun, and from when on the last of them may be. */
interface Tries {
  tries: number
  not_before: string | null
}

/**
 * Runs the steps; when one fails, all of them again after a pause, and after the last try those that handle the error. Between tries the job
 * is a row and nothing else.
 */
export async function runHandleErrors(
  ctx: JobsContext,
  frame: Frame,
  step: HandleErrorsStep,
  runSteps: RunSteps,
): Promise<Progress> {
  const key = keyOf(frame, step)
  const begun = (frame.run.recorded.get(key)?.began?.input ??
    frame.run.recorded.get(key)?.output) as unknown as Tries | null
  if (!begun) noteOutcome(ctx, frame, step, { status: 'began', input: { tries: 1, not_before: null } })
  for (let tries = 1; ; tries++) {
    if (begun?.tries === tries && begun.not_before && ctx.clock() < new Date(begun.not_before))
      return { kind: 'not_before', at: new Date(begun.not_before) }
    const within = tryOf(frame, step, tries)
    const progress = await runSteps(ctx, within, step.steps)
    if (progress.kind === 'through')
      noteOutcome(ctx, frame, step, { status: 'succeeded', output: { tries, failed: false } })
    if (progress.kind !== 'failed') {
      Object.assign(frame.scope.steps, within.scope.steps)
      return progress
    }
    // why: of a step that may have taken effect nobody knows; trying again would be doing it twice.
    if (tries > step.retries || progress.error.code === 'outcome_unknown') {
      noteOutcome(ctx, frame, step, { status: 'succeeded', output: { tries, failed: true, code: progress.error.code } })
      const error = { ...progress.error, step: progress.step }
      const handling = { ...frame, scope: { ...frame.scope, steps: { ...within.scope.steps }, error } }
      const handled = await runSteps(ctx, handling, step.on_error)
      Object.assign(frame.scope.steps, handling.scope.steps)
      return handled
    }
    if ((begun?.tries ?? 1) > tries) continue
    const at = new Date(ctx.clock().getTime() + step.interval_seconds * 1000)
    noteOutcome(ctx, frame, step, { status: 'began', input: { tries: tries + 1, not_before: at.toISOString() } })
    return { kind: 'not_before', at }
  }
}

/** One try: what its steps leave counts once it is through. An application that knows a request again knows it from the try before. */
function tryOf(frame: Frame, step: HandleErrorsStep, tries: number): Frame {
  const { scope, prefix } = frame
  return {
    ...frame,
    prefix: `${prefix}${step.name}[${tries - 1}].`,
    effectPrefix: `${frame.effectPrefix}${step.name}.`,
    scope: { ...scope, steps: { ...scope.steps } },
  }
}
