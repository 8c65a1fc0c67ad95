import type { Json } from '#recipes/scope.ts'

/** A value as it is said. */
export function asText(value: Json): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
