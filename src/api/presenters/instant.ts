/** RFC 3339, in UTC; null stays null. */
export function instant(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
