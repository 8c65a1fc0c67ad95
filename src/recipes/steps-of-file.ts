import { below } from './problem.ts'

type RawStep = Record<string, unknown>

/**
 * Steps that were not parsed yet, or are none any more, with each call as `change` makes it; whatever else they are stays as it is.
 * The caller has made sure that they are not nested without end.
 */
export function mapCallSteps(
  steps: unknown,
  change: (step: RawStep, path: string) => RawStep,
  path = 'steps',
): unknown {
  if (!Array.isArray(steps)) return steps
  return steps.map((step, index) => (isObject(step) ? mapStep(step, change, below(path, index)) : step))
}

function mapStep(step: RawStep, change: (step: RawStep, path: string) => RawStep, path: string): RawStep {
  if (step.kind === 'call') return change(step, path)
  const mapped = { ...step }
  for (const body of ['steps', 'else', 'on_error'])
    if (Array.isArray(step[body])) mapped[body] = mapCallSteps(step[body], change, below(path, body))
  if (Array.isArray(step.else_if))
    mapped.else_if = step.else_if.map((branch, index) =>
      isObject(branch) ? mapStep(branch, change, `${path}.else_if[${index}]`) : branch,
    )
  return mapped
}

const isObject = (value: unknown): value is RawStep =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
