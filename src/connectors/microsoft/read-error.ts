import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { type AnswerCode, errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Body = z.object({ error: z.object({ code: z.string(), message: z.string().catch('') }) })

/**
 * Graph answers an error as `{ error: { code, message } }`.
 * https://learn.microsoft.com/en-us/graph/errors
 */
export function readError({ status, headers, json }: ActionResponse): OutsideError {
  const error = Body.safeParse(json).data?.error
  return errorOfAnswer({
    application: 'Microsoft',
    status,
    headers,
    code: MEANINGS[error?.code ?? ''],
    message: error && `${error.message || 'refused'} (${error.code})`,
    ...(error && { details: { errorCode: error.code } }),
  })
}

const MEANINGS: Record<string, AnswerCode> = {
  // Said with 429, 503 and 509 alike.
  activityLimitReached: 'outside_rate_limited',
  ApplicationThrottled: 'outside_rate_limited',
  // Said with 404 of a person who has no mailbox, and no licence for one.
  MailboxNotEnabledForRESTAPI: 'outside_forbidden',
}
