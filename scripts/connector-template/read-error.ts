import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { type AnswerCode, errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Body = z.object({ error: z.object({ code: z.string(), message: z.string().catch('') }) })

/** Acme answers an error as `{ error: { code, message } }`. https://acme.example/docs/api/errors */
export function readError({ status, headers, json }: ActionResponse): OutsideError {
  const error = Body.safeParse(json).data?.error
  return errorOfAnswer({
    application: 'Acme',
    status,
    headers,
    // Where its own code is more exact than the status.
    code: MEANINGS[error?.code ?? ''],
    message: error && `${error.message || 'refused'} (${error.code})`,
    ...(error && { details: { errorCode: error.code } }),
  })
}

const MEANINGS: Record<string, AnswerCode> = {
  rate_limited: 'outside_rate_limited',
}
