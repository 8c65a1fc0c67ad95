import { UserError } from '#core/errors.ts'
import { below, type Problem } from './problem.ts'
import type { Parameter } from './recipe.ts'
import type { Json } from './scope.ts'

/**
 * What somebody gave for a recipe's parameters, as pills find it below `trigger`: numbers and yes-or-nos as such, also when they came
 * as text; a choice in the recipe's spelling. Missing, null and empty values of optional parameters are left out.
 *
 * Throws `input_invalid` (422) with `details.problems` for a missing or unfit value and for a parameter the recipe does not have.
 */
export function readTriggerInput(
  parameters: readonly Parameter[],
  input: Readonly<Record<string, unknown>>,
): { [name: string]: Json } {
  const problems: Problem[] = []
  const values: { [name: string]: Json } = {}
  for (const parameter of parameters) {
    const given = Object.hasOwn(input, parameter.name) ? input[parameter.name] : undefined
    const value = isAbsent(given) ? undefined : readValue(parameter, given)
    if (value !== undefined) values[parameter.name] = value
    else if (!isAbsent(given)) problems.push(unfit(parameter))
    else if (parameter.required) problems.push(missing(parameter))
  }
  const names = new Set(parameters.map(({ name }) => name))
  for (const key of Object.keys(input)) if (!names.has(key)) problems.push(unknown(key))
  if (problems.length > 0) throw inputInvalid(problems)
  return values
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

const NUMBER = /^[+-]?\d{1,30}(\.\d{1,30})?$/
const WORDS = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
])

/** Undefined when the value does not fit. */
function readValue({ type, choices = [] }: Parameter, value: unknown): Json | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'number':
      if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
      return text !== undefined && NUMBER.test(text) ? Number(text) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : WORDS.get(text?.toLowerCase() ?? '')
    case 'choice':
      return choices.find((choice) => choice === text) ?? choices.find((choice) => sameWord(choice, text))
  }
}

function sameWord(choice: string, text: string | undefined): boolean {
  return choice.toLowerCase() === text?.toLowerCase()
}

const EXPECTED = { text: 'a text', number: 'a number', boolean: 'yes or no' }

function unfit({ name, label, type, choices = [] }: Parameter): Problem {
  const expected = type === 'choice' ? `one of: ${choices.join(', ')}` : EXPECTED[type]
  return { path: below('', name), code: 'parameter_unfit', message: `${label ?? name} must be ${expected}.` }
}

function missing({ name, label }: Parameter): Problem {
  return { path: below('', name), code: 'parameter_missing', message: `${label ?? name} is needed.` }
}

function unknown(key: string): Problem {
  return { path: below('', key), code: 'parameter_unknown', message: 'The recipe has no such parameter.' }
}

function inputInvalid(problems: Problem[]): UserError {
  const message = problems.map((problem) => problem.message).join(' ')
  return new UserError('input_invalid', message, { status: 422, details: { problems } })
}
