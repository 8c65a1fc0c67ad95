/** A dotted path into JSON: names and places of lists, `data.0.user.email`. */
export const PATH_PATTERN = /^[^\s.]+(\.[^\s.]+)*$/

/**
 * The text or number that stands at a dotted path of a JSON value, as text; undefined where there is none, or something else. Reads own
 * properties alone.
 */
export function textAt(json: unknown, path: string): string | undefined {
  let value = json
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
