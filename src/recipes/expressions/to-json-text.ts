import { Unfit } from './explain-failure.ts'

/**
 * A value that JSONata yielded, as JSON; null for nothing. Throws `Unfit` when it is none, or more than the budget, in bytes, which is
 * spent. Stops as soon as it is too much: what shares its parts may be endless when it is written out.
 */
export function toJsonText(value: unknown, budget: { left: number }): string | null {
  const text = JSON.stringify(value, (key, item: unknown) => {
    budget.left -= key.length + 1 + (typeof item === 'string' ? item.length : 0)
    if (budget.left < 0) throw new Unfit('expression_too_large', 'it yields more than 1 MiB')
    if (isFunction(item)) throw new Unfit('expression_broken', 'it yields a function')
    if (typeof item === 'number' && !Number.isFinite(item))
      throw new Unfit('expression_broken', 'it yields a number that JSON cannot hold')
    return item
  })
  return text ?? null
}

function isFunction(item: unknown): boolean {
  if (typeof item === 'function') return true
  return typeof item === 'object' && item !== null && ('_jsonata_lambda' in item || '_jsonata_function' in item)
}
