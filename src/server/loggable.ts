import { describeError } from './describe-error.ts'
import { namesCredential, scrub } from './scrub.ts'

const MAX_DEPTH = 5
const MAX_ENTRIES = 50
const MAX_TEXT = 2000

/** The fields of a line as they may be written: errors described, credentials taken out by name and by looks. Never throws. */
export function loggable(fields: object): Record<string, unknown> {
  try {
    return plainEntries(Object.entries(fields), 0)
  } catch {
    return { fields: 'could not be read' }
  }
}

function plainEntries(entries: [string, unknown][], depth: number): Record<string, unknown> {
  return Object.fromEntries(
    entries.slice(0, MAX_ENTRIES).map(([name, value]) => [scrub(name), plainEntry(name, value, depth)]),
  )
}

function plainEntry(name: string, value: unknown, depth: number): unknown {
  if (namesCredential(name)) return '[secret]'
  // Anything can be thrown, not errors alone.
  return name === 'err' || name === 'error' ? describeError(value) : plain(value, depth)
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrub(value.slice(0, MAX_TEXT))
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return describeError(value)
  if (depth >= MAX_DEPTH) return '[deeper]'
  // Bytes are never worth a line, and may be anything.
  if (ArrayBuffer.isView(value)) return '[bytes]'
  if ('toJSON' in value && typeof value.toJSON === 'function') return plain(value.toJSON(), depth + 1)
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((each) => plain(each, depth + 1))
  if (value instanceof Map)
    return plainEntries(
      [...value].map(([key, each]) => [String(key), each]),
      depth + 1,
    )
  return plainEntries(Object.entries(value), depth + 1)
}
