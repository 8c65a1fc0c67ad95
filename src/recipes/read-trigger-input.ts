import { UserError } from '#core/errors.ts'
import { checkAgainst } from './json-schema.ts'
import { readInput } from './read-input.ts'
import type { Trigger } from './recipe.ts'
import type { Json } from './scope.ts'

/** A trigger that a person or a program gives its input to. */
type Invocable = Exclude<Trigger, { kind: 'schedule' }>

/**
 * What a person or a program gives for a trigger, checked and typed. Throws `input_invalid` (422) with every problem, and for a trigger that
 * is set off in another way `recipe_needs_webhook` or `recipe_is_function`.
 */
export function readTriggerInput(trigger: Invocable, given: Record<string, unknown>): Json {
  switch (trigger.kind) {
    case 'webhook':
      throw new UserError('recipe_needs_webhook', 'This recipe is run by its webhook address.', { status: 409 })
    case 'function':
      throw new UserError('recipe_is_function', 'A function is run by the recipes that call it.', { status: 409 })
    case 'skill':
      return readBySchema(trigger.input, given)
    default:
      return readInput(trigger.parameters, given)
  }
}

function readBySchema(schema: Record<string, unknown>, given: Record<string, unknown>): Json {
  const problems = checkAgainst(schema, given).map(({ path, message }) => ({ name: path, message }))
  // It came as JSON, and what fits its schema is taken as it is.
  if (problems.length === 0) return given as { [name: string]: Json }
  const list = problems.map(({ name, message }) => `${name || 'it'} ${message}`).join('; ')
  throw new UserError('input_invalid', `The input does not fit: ${list}.`, { status: 422, details: { problems } })
}
