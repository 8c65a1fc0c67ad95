import { below } from './problem.ts'

/** One place in which two documents differ. */
export interface Difference extends Place {
  /** `moved`: the parts of that list are the same, in another order; its values are their names. */
  kind: 'added' | 'removed' | 'changed' | 'moved'
  /** Absent where it was added. */
  before?: unknown
  /** Absent where it was removed. */
  after?: unknown
}

interface Place {
  /** In the later document; of what was removed, in the earlier one. */
  path: string
  /** The same for people, part by part: what has a name in a list by its name, anything else there by its number from 1. */
  place: string[]
}

/**
 * Where a later document differs from an earlier one, in the order of its parts; empty when they say the same. Steps, parameters and
 * whatever else has names in a list are compared by them, so that one that is put in changes nothing of those after it.
 */
export function differences(before: unknown, after: unknown, at: Place = { path: '', place: [] }): Difference[] {
  if (before === after) return []
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, at)
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => before[key] !== undefined || after[key] !== undefined,
    )
    return keys.flatMap((key) => ofPart(before[key], after[key], within(at, key)))
  }
  return [{ ...at, kind: 'changed', before, after }]
}

function ofPart(before: unknown, after: unknown, at: Place): Difference[] {
  if (before === undefined) return [{ ...at, kind: 'added', after }]
  if (after === undefined) return [{ ...at, kind: 'removed', before }]
  return differences(before, after, at)
}

function ofLists(before: unknown[], after: unknown[], at: Place): Difference[] {
  const [was, is] = [namesOf(before), namesOf(after)]
  if (was === undefined || is === undefined) {
    const length = Math.max(before.length, after.length)
    return Array.from({ length }, (_, index) => ofPart(before[index], after[index], within(at, index))).flat()
  }
  const [wasAt, isAt] = [placesOf(was), placesOf(is)]
  const [keptBefore, kept] = [was.filter((name) => isAt.has(name)), is.filter((name) => wasAt.has(name))]
  const moved = kept.some((name, index) => name !== keptBefore[index])
  const removed = was.flatMap((name, index) =>
    isAt.has(name) ? [] : ofPart(before[index], undefined, within(at, index, name)),
  )
  const rest = is.flatMap((name, index) => ofPart(before[wasAt.get(name) ?? -1], after[index], within(at, index, name)))
  return [...(moved ? [{ ...at, kind: 'moved' as const, before: keptBefore, after: kept }] : []), ...removed, ...rest]
}

function within({ path, place }: Place, key: string | number, name = placeName(key)): Place {
  return { path: below(path, key), place: [...place, name] }
}

const placeName = (key: string | number): string => String(typeof key === 'number' ? key + 1 : key)

const placesOf = (names: string[]) => new Map(names.map((name, index) => [name, index]))

/** The names of a list's parts, when each has one of its own. */
function namesOf(list: unknown[]): string[] | undefined {
  const names = list.map((part) => (isObject(part) ? part.name : undefined))
  if (!names.every((name) => typeof name === 'string')) return undefined
  return new Set(names).size === names.length ? (names as string[]) : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
