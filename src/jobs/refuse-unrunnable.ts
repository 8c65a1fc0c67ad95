import { UserError } from '#core/errors.ts'
import { callsIn, MAX_PROGRAM_STEPS, type Program, sizeOf } from '#recipes/program.ts'

/** A function that is stopped or gone, or a circle made since the recipe was started, is found out before anything has been done. */
export function refuseUnrunnable(program: Program): void {
  const { main, functions } = program
  if (functions.size > 0 && sizeOf(program) > MAX_PROGRAM_STEPS)
    throw new UserError(
      'program_too_large',
      `“${main.name}” calls functions too often, or in a circle. Ask its builder.`,
      {
        status: 409,
      },
    )
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
