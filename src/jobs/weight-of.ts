/** About how much memory a JSON value takes, in bytes: cheap, and never far below. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + weightOf(item), 16)
  return Object.entries(value).reduce((sum, [key, inner]) => sum + key.length + 16 + weightOf(inner), 16)
}
