import { UserError } from '#core/errors.ts'
import { readExactNumber } from '#core/exact-number.ts'
import { findMeant } from './find-meant.ts'
import type { Json } from './scope.ts'
import type { Parameter } from './step.ts'

export interface InputProblem {
  name: string
  message: string
}

/**
 * Checks what a person or a program gave for a recipe's parameters, and gives it its types: chat and forms send text. Parameters
 * without a value are left out. Throws `input_invalid` (422) with every problem.
 */
export function readInput(parameters: readonly Parameter[], given: Record<string, unknown>): Record<string, Json> {
  const problems = unknownNames(parameters, given)
  const input: Record<string, Json> = {}
  for (const parameter of parameters) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined
    const read = readParameter(parameter, value)
    if ('problem' in read) problems.push({ name: parameter.name, message: read.problem })
    else if (read.value !== undefined) input[parameter.name] = read.value
  }
  if (problems.length === 0) return input
  const list = problems.map(({ name, message }) => `${name} ${message}`).join('; ')
  throw new UserError('input_invalid', `The input does not fit: ${list}.`, { status: 422, details: { problems } })
}

type Read = { value: Json | undefined } | { problem: string }

/** One value for one parameter: typed, left out, or what is wrong with it. */
export function readParameter(parameter: Parameter, given: unknown): Read {
  const value = typeof given === 'string' ? given.trim() : given
  if (value === undefined || value === null || value === '')
    return parameter.required ? { problem: 'is missing' } : { value: undefined }
  switch (parameter.type) {
    case 'text':
      return typeof value === 'string' && value.length <= 20_000
        ? { value }
        : { problem: 'must be text of at most 20,000 characters' }
    case 'number':
      return readNumber(value)
    case 'boolean':
      return readBoolean(value)
    case 'choice':
      return readChoice(parameter.choices ?? [], value)
  }
}

/** As people write it: `-1,250.50`. */
const DECIMAL = /^[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)$/

function readNumber(value: unknown): Read {
  if (typeof value === 'number' && Number.isFinite(value)) return { value }
  if (typeof value !== 'string' || !DECIMAL.test(value)) return { problem: 'must be a number' }
  const number = readExactNumber(value.replaceAll(',', ''))
  return number === undefined ? { problem: 'has more digits than a number can hold exactly' } : { value: number }
}

function readBoolean(value: unknown): Read {
  const word = typeof value === 'string' ? value.toLowerCase() : value
  if (word === true || word === 'true' || word === 'yes') return { value: true }
  if (word === false || word === 'false' || word === 'no') return { value: false }
  return { problem: 'must be yes or no' }
}

function readChoice(choices: readonly string[], value: unknown): Read {
  const choice = typeof value === 'string' ? findMeant(choices, value, String) : undefined
  return choice === undefined ? { problem: `must be one of ${choices.join(', ')}` } : { value: choice }
}

function unknownNames(parameters: readonly Parameter[], given: Record<string, unknown>): InputProblem[] {
  const known = new Set(parameters.map(({ name }) => name))
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({ name, message: 'is not a parameter of this recipe' }))
}
