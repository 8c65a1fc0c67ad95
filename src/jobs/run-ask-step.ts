import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import type { AskStep } from '#recipes/step.ts'
import { asText } from './as-text.ts'
import type { JobsContext } from './context.ts'
import { type Frame, keyOf, noteOutcome, type Progress, placeOf, putOutput } from './run.ts'

/** Asks the person the job runs for, and goes on with what they answer. Until then the job is rows and nothing else. */
export async function runAskStep(ctx: JobsContext, frame: Frame, step: AskStep): Promise<Progress> {
  const key = keyOf(frame, step)
  const before = frame.run.recorded.get(key)
  if (before?.status === 'succeeded') {
    putOutput(frame, step, before.output)
    return { kind: 'through' }
  }
  const text = asText(await evaluateMapping(ctx, step.text, placeOf(frame, step, 'text')))
  const { choices, form } = step
  noteOutcome(ctx, frame, step, {
    status: 'began',
    input: { text, ...(choices && { choices }), ...(form && { form }) },
  })
  return { kind: 'must_wait', step: key, question: step, text }
}
