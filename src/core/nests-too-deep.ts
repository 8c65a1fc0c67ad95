/** What comes from outside may nest so deep and no deeper: everything that walks it may then recurse. */
export const MAX_LEVELS = 200

/** Whether a JSON value has more levels than may be. It is walked no deeper than that. */
export function nestsTooDeep(value: unknown, levels = MAX_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => nestsTooDeep(inner, levels - 1))
}
