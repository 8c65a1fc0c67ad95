import { isDeepStrictEqual } from 'node:util'
import { UserError } from '#core/errors.ts'
import { evaluateMapping, type Place } from './expressions/evaluate-mapping.ts'
import type { ExpressionsContext } from './expressions/expressions.ts'
import { below } from './problem.ts'
import type { Json } from './scope.ts'
import type { Condition, Conditions } from './step.ts'

/**
 * Whether conditions hold in a scope. Evaluated in order and no further than needed, so that a first `present` guards what follows it.
 *
 * - `present`: there, and neither null nor the empty text. `absent`: the opposite. Neither minds a path through something absent.
 * - `equal_to`: as JSON; a number also equals its text (`5`, `"5.0"`), a boolean its word.
 * - `greater_than`, `less_than`: two numbers, or texts that are numbers, as numbers; two other texts by their characters, which puts
 *   ISO dates in order; anything else throws `condition_broken`.
 * - `containing`: a text holds a text, or a list an equal item; `starting_with`: of texts. Both false when `left` is null.
 *
 * Throws `condition_broken` with details `{ path }`, and what `evaluateMapping` throws.
 */
export async function holds(ctx: ExpressionsContext, conditions: Conditions, { scope, path }: Place): Promise<boolean> {
  const [key, list] = 'all' in conditions ? (['all', conditions.all] as const) : (['any', conditions.any] as const)
  for (const [index, one] of list.entries()) {
    const met = await isMet(ctx, one, { scope, path: `${below(path, key)}[${index}]` })
    if (met !== (key === 'all')) return met
  }
  return key === 'all'
}

async function isMet(ctx: ExpressionsContext, condition: Condition, { scope, path }: Place): Promise<boolean> {
  const { left, right, is } = condition
  const leftSide = { scope, path: below(path, 'left') }
  if (is === 'present') return isPresent(await evaluateMapping(ctx, left, leftSide, { absentIsNull: true }))
  if (is === 'absent') return !isPresent(await evaluateMapping(ctx, left, leftSide, { absentIsNull: true }))
  if (right === undefined) throw broken(path, `${is} needs a right side`)
  const a = await evaluateMapping(ctx, left, leftSide)
  const b = await evaluateMapping(ctx, right, { scope, path: below(path, 'right') })
  switch (is) {
    case 'equal_to':
      return isEqual(a, b)
    case 'not_equal_to':
      return !isEqual(a, b)
    case 'greater_than':
      return order(a, b, path) > 0
    case 'less_than':
      return order(a, b, path) < 0
    case 'containing':
      return contains(a, b, path)
    case 'starting_with':
      return a !== null && asText(a, path).startsWith(asText(b, path))
  }
}

function isPresent(value: Json): boolean {
  return value !== null && value !== ''
}

function isEqual(a: Json, b: Json): boolean {
  if (typeof a === 'number' || typeof b === 'number') {
    const [left, right] = [asNumber(a), asNumber(b)]
    return left !== undefined && left === right
  }
  if (typeof a === 'boolean' || typeof b === 'boolean') return asWord(a) === asWord(b)
  return isDeepStrictEqual(a, b)
}

function asWord(value: Json): Json {
  return typeof value === 'boolean' ? String(value) : value
}

function order(a: Json, b: Json, path: string): number {
  const [left, right] = [asNumber(a), asNumber(b)]
  if (left !== undefined && right !== undefined) return left - right
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  throw broken(path, `${kindOf(a)} cannot be compared with ${kindOf(b)}; ask first whether it is present`)
}

function contains(a: Json, b: Json, path: string): boolean {
  if (a === null) return false
  if (Array.isArray(a)) return a.some((item) => isEqual(item, b))
  return includes(asText(a, path), asText(b, path))
}

/**
 * Whether a text holds another, in linear time (Knuth, Morris, Pratt).
 * why: `String.prototype.includes` takes a minute for half a million equal letters with another in their middle.
 */
function includes(text: string, part: string): boolean {
  const fallBack = new Int32Array(part.length)
  for (let i = 1, k = 0; i < part.length; i++) {
    while (k > 0 && part.charCodeAt(i) !== part.charCodeAt(k)) k = fallBack[k - 1] as number
    if (part.charCodeAt(i) === part.charCodeAt(k)) k++
    fallBack[i] = k
  }
  for (let i = 0, k = 0; i < text.length && k < part.length; i++) {
    while (k > 0 && text.charCodeAt(i) !== part.charCodeAt(k)) k = fallBack[k - 1] as number
    if (text.charCodeAt(i) === part.charCodeAt(k)) k++
    if (k === part.length) return true
  }
  return part.length === 0
}

const NUMBER = /^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?$/

function asNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined
}

function asText(value: Json, path: string): string {
  if (typeof value === 'object') throw broken(path, `${kindOf(value)} is not a text`)
  return String(value)
}

function kindOf(value: Json): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return (
    { string: 'a text', number: 'a number', boolean: 'a yes or no', object: 'an object' }[typeof value as string] ??
    'it'
  )
}

function broken(path: string, reason: string): UserError {
  return new UserError('condition_broken', `The condition at ${path}: ${reason}.`, { status: 422, details: { path } })
}
