const DAY_MS = 24 * 60 * 60 * 1000

/**
 * How long an answer asks us to wait, in milliseconds, at most a day; undefined when it does not say, or not in a way that can be
 * understood. Reads `Retry-After` as seconds or as a date (RFC 9110 section 10.2.3). A date is compared with the answer's own
 * `Date`, so that neither clock need be right.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, DAY_MS)
  if (!value.endsWith(' GMT')) return undefined
  const wait = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), DAY_MS)
}
