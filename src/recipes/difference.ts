import { below } from './problem.ts'

/** One place in which two documents differ. */
export interface Difference {
  /** In the later document; of what was removed, in the earlier one. */
  path: string
  /** `moved`: the parts of that list are the same, in another order. */
  kind: 'added' | 'removed' | 'changed' | 'moved'
}

/**
 * Where a later document differs from an earlier one, in the order of its parts; empty when they say the same. Steps, parameters and
 * whatever else has names in a list are compared by them, so that one that is put in changes nothing of those after it.
 */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (before === after) return []
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path)
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => before[key] !== undefined || after[key] !== undefined,
    )
    return keys.flatMap((key) => ofPart(before[key], after[key], { was: below(path, key), is: below(path, key) }))
  }
  return [{ path, kind: 'changed' }]
}

function ofPart(before: unknown, after: unknown, at: { was: string; is: string }): Difference[] {
  if (before === undefined) return [{ path: at.is, kind: 'added' }]
  if (after === undefined) return [{ path: at.was, kind: 'removed' }]
  return differences(before, after, at.is)
}

function ofLists(before: unknown[], after: unknown[], path: string): Difference[] {
  const [was, is] = [namesOf(before), namesOf(after)]
  if (was === undefined || is === undefined) {
    const length = Math.max(before.length, after.length)
    const at = (index: number) => ({ was: below(path, index), is: below(path, index) })
    return Array.from({ length }, (_, index) => ofPart(before[index], after[index], at(index))).flat()
  }
  const kept = was.filter((name) => is.includes(name))
  const moved = is.filter((name) => was.includes(name)).some((name, index) => name !== kept[index])
  const removed = was.flatMap((name, index): Difference[] =>
    is.includes(name) ? [] : [{ path: below(path, index), kind: 'removed' }],
  )
  const rest = is.flatMap((name, index) => {
    const at = below(path, index)
    return ofPart(before[was.indexOf(name)], after[index], { was: at, is: at })
  })
  return [...(moved ? [{ path, kind: 'moved' } as const] : []), ...removed, ...rest]
}

/** The names of a list's parts, when each has one of its own. */
function namesOf(list: unknown[]): string[] | undefined {
  const names = list.map((part) => (isObject(part) ? part.name : undefined))
  if (!names.every((name) => typeof name === 'string')) return undefined
  return new Set(names).size === names.length ? (names as string[]) : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
