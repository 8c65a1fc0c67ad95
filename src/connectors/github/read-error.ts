import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Body = z.object({ message: z.string().catch(''), errors: z.array(z.unknown()).catch([]) })
const Complaint = z.object({
  field: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
})

/**
 * GitHub answers an error as `{ message, errors: [{ field, code, message }] }`, and a limit that was reached often with 403.
 * https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function readError({ status, headers, json }: ActionResponse): OutsideError {
  const { message, errors } = Body.safeParse(json).data ?? { message: '', errors: [] }
  const complaints = errors.flatMap((error) => sentenceOf(error) ?? [])
  return errorOfAnswer({
    application: 'GitHub',
    status,
    headers,
    code: isRateLimit(status, headers, message) ? 'outside_rate_limited' : undefined,
    message: [message, ...complaints].filter(Boolean).join('; '),
    retryAfterMs: untilReset(headers),
  })
}

function sentenceOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error
  const { field, code, message } = Complaint.safeParse(error).data ?? {}
  return message || [field, code].filter(Boolean).join(': ') || undefined
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function isRateLimit(status: number, headers: Headers, message: string): boolean {
  if (status !== 403 && status !== 429) return false
  return headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after') || /rate limit/i.test(message)
}

/** The reset is an instant in seconds by GitHub's clock, so it is compared with GitHub's clock. */
function untilReset(headers: Headers): number | undefined {
  if (headers.has('retry-after') || headers.get('x-ratelimit-remaining') !== '0') return undefined
  const wait = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), DAY_MS)
}

const DAY_MS = 24 * 60 * 60 * 1000
