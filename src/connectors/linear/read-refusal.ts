import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { type AnswerCode, errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Refusal = z.object({
  errors: z
    .array(
      z.object({
        message: z.string().catch(''),
        extensions: z
          .object({
            code: z.string().catch(''),
            type: z.string().catch(''),
            userPresentableMessage: z.string().optional().catch(undefined),
          })
          .partial()
          .catch({}),
      }),
    )
    .min(1),
})

/**
 * Linear answers an error as GraphQL does, `{ errors: [{ message, extensions }] }`, with 200 or 400; null when it is none.
 * https://linear.app/developers/graphql#errors
 */
export function readRefusal({ status, headers, json }: ActionResponse): OutsideError | null {
  const error = Refusal.safeParse(json).data?.errors[0]
  if (!error) return null
  const { code = '', type = '', userPresentableMessage } = error.extensions
  const meaning = MEANINGS.find(([pattern]) => pattern.test(`${code} ${type} ${error.message}`))?.[1]
  return errorOfAnswer({
    application: 'Linear',
    status,
    headers,
    // A status of 500 stays one: what it says of the input may not be so.
    code: status >= 500 ? undefined : meaning,
    message: userPresentableMessage || error.message || 'refused',
    ...(code && { details: { errorCode: code } }),
  })
}

/** An answer of 400 and above. */
export function readError(response: ActionResponse): OutsideError {
  const { status, headers } = response
  return readRefusal(response) ?? errorOfAnswer({ application: 'Linear', status, headers })
}

const MEANINGS: [RegExp, AnswerCode][] = [
  [/authentication/i, 'outside_unauthorized'],
  [/ratelimited/i, 'outside_rate_limited'],
  [/forbidden|not accessible|limit exceeded|scope/i, 'outside_forbidden'],
  [/entity not found|could not find/i, 'outside_not_found'],
  [/internal error|lock timeout/i, 'outside_unavailable'],
  [/invalid|input|user error|graphql/i, 'outside_invalid_input'],
]
