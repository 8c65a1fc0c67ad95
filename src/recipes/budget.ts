import { UserError } from '#core/errors.ts'
import { MAX_LEVELS } from '#core/nests-too-deep.ts'
import type { Json } from './scope.ts'

/** What a mapping may still yield, in bytes. */
export interface Budget {
  left: number
}

/** Takes the bytes of a text, or a number of them, from the budget. Throws `mapping_too_large` when they exceed it. */
export function spend(budget: Budget, cost: string | number, path: string): void {
  // The length bounds the bytes from below, and is known without looking at a long text.
  if (typeof cost === 'string') budget.left -= cost.length > budget.left ? cost.length : Buffer.byteLength(cost)
  else budget.left -= cost
  if (budget.left < 0) throw tooLarge(path, 'yields more than 1 MiB')
}

/**
 * A deep copy that stays within the budget. Throws `mapping_too_large`, also for values nested too deep,
 * and `mapping_broken` for a key `__proto__`.
 */
export function copyWithin(value: Json, budget: Budget, path: string, depth = 0): Json {
  if (depth > MAX_LEVELS) throw tooLarge(path, `nests more than ${MAX_LEVELS} levels`)
  if (typeof value === 'string') {
    spend(budget, value, path)
    return value
  }
  spend(budget, 1, path)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => copyWithin(item, budget, path, depth + 1))
  const copy: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    refuseKey(key, path)
    spend(budget, key, path)
    copy[key] = copyWithin(item, budget, path, depth + 1)
  }
  return copy
}

/** Throws `mapping_broken` for the key that would become the prototype of the object being made. */
export function refuseKey(key: string, path: string): void {
  if (key !== '__proto__') return
  const message = `The mapping at ${path} takes an object with the key __proto__, which is refused.`
  throw new UserError('mapping_broken', message, { status: 422, details: { path, pill: key } })
}

function tooLarge(path: string, what: string): UserError {
  return new UserError('mapping_too_large', `The mapping at ${path} ${what}: map less of it.`, {
    status: 422,
    details: { path },
  })
}
