/** The shape of data without the data: types for values, lists by their first item and length. Shown where data is private. */
export type DataShape = string | { [key: string]: DataShape } | { list_of: DataShape; length: number }

const MAX_KEYS = 100
const MAX_DEPTH = 6

export function shapeOf(value: unknown, depth = 0): DataShape {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value))
    return { list_of: value.length === 0 ? 'nothing' : shapeOf(value[0], depth + 1), length: value.length }
  if (typeof value === 'object') {
    if (depth >= MAX_DEPTH) return 'object'
    const entries = Object.entries(value).slice(0, MAX_KEYS)
    return Object.fromEntries(entries.map(([key, each]) => [storable(key), shapeOf(each, depth + 1)]))
  }
  return typeof value === 'string' ? 'text' : typeof value
}

// why: PostgreSQL's jsonb takes neither a NUL nor half a character.
const storable = (key: string): string => key.replaceAll('\u0000', '').toWellFormed()
