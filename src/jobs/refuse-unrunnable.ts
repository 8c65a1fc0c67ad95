import { UserError } from '#core/errors.ts'
import { callsIn, findTooDeep, MAX_CALLS_WITHIN, MAX_PROGRAM_STEPS, type Program, sizeOf } from '#recipes/program.ts'
import { stepsInOrder } from '#recipes/steps.ts'
import type { Invocation } from './invocation.ts'

/**
 * What has become of a recipe and its functions since it was started is found out before anything has been done: a function that is stopped
 * or gone, functions that call one another in a circle or too deep, and a question that there is nobody to ask.
 */
export function refuseUnrunnable({ program, person }: Pick<Invocation, 'program' | 'person'>): void {
  refuseTooBig(program)
  refuseGone(program)
  if (!person) refuseQuestions(program)
}

function refuseTooBig(program: Program): void {
  const { main, functions } = program
  if (functions.size > 0 && sizeOf(program) > MAX_PROGRAM_STEPS)
    throw new UserError(
      'program_too_large',
      `“${main.name}” calls functions too often, or in a circle. Ask its builder.`,
      {
        status: 409,
      },
    )
  const chain = findTooDeep(program)
  if (!chain) return
  const called = chain.map((name) => `“${name}”`).join(', which calls ')
  const message = `Functions call one another more than ${MAX_CALLS_WITHIN} deep: “${main.name}” calls ${called}. Ask its builder.`
  throw new UserError('calls_too_deep', message, { status: 409 })
}

function refuseGone({ main, functions }: Program): void {
  for (const part of [main, ...functions.values()])
    for (const { recipe_id, name } of callsIn(part.document)) {
      const called = functions.get(recipe_id)
      if (called?.isStarted) continue
      const message = called
        ? `“${main.name}” calls “${called.name}”, which is stopped. Ask its builder to start it.`
        : `The step “${name}” of “${part.name}” calls a function that is gone. Ask its builder.`
      throw new UserError(called ? 'function_stopped' : 'function_missing', message, { status: 409 })
    }
}

function refuseQuestions({ main, functions }: Program): void {
  for (const { name, document } of [main, ...functions.values()]) {
    const question = stepsInOrder(document).find(({ step }) => step.kind === 'ask')
    if (!question) continue
    const message = `“${name}” asks the person who runs it (“${question.step.name}”), and this job would be nobody’s. Run it as a person: signed in, or by a key of a namespace with external_id.`
    throw new UserError('ask_needs_person', message, { status: 403 })
  }
}
