import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { type AnswerCode, errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Body = z.object({
  error: z.object({
    message: z.string().catch(''),
    status: z.string().optional().catch(undefined),
    errors: z.array(z.object({ reason: z.string().catch('') })).catch([]),
  }),
})

/**
 * Google answers an error as `{ error: { message, status, errors: [{ reason }] } }`, and a limit that was reached often with 403.
 * https://developers.google.com/workspace/gmail/api/guides/handle-errors
 */
export function readError({ status, headers, json }: ActionResponse): OutsideError {
  const error = Body.safeParse(json).data?.error
  const reason = error?.errors[0]?.reason || error?.status
  return errorOfAnswer({
    application: 'Google',
    status,
    headers,
    code: MEANINGS.find(([pattern]) => pattern.test(reason ?? ''))?.[1],
    message: error?.message,
    ...(reason && { details: { reason } }),
  })
}

const MEANINGS: [RegExp, AnswerCode][] = [
  [/^(rateLimitExceeded|userRateLimitExceeded|RESOURCE_EXHAUSTED)$/, 'outside_rate_limited'],
  [/^backendError$/, 'outside_unavailable'],
]
