import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { type AnswerCode, errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Errors = z
  .array(z.object({ errorCode: z.string(), message: z.string().catch(''), fields: z.array(z.string()).catch([]) }))
  .min(1)

/**
 * Salesforce answers an error as `[{ errorCode, message, fields }]`. Its code is more exact than the status, which is 400 for
 * a lock that is gone in a moment and 403 for a limit that is free again tomorrow.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
 */
export function readError({ status, headers, json }: ActionResponse): OutsideError {
  const first = Errors.safeParse(json).data?.[0]
  return errorOfAnswer({
    application: 'Salesforce',
    status,
    headers,
    code: first && meaningOf(first.errorCode),
    message: first && `${first.message || 'refused'} (${first.errorCode})`,
    ...(first && { details: { errorCode: first.errorCode, fields: first.fields } }),
  })
}

function meaningOf(errorCode: string): AnswerCode | undefined {
  return MEANINGS.find(([pattern]) => pattern.test(errorCode))?.[1]
}

const MEANINGS: [RegExp, AnswerCode][] = [
  [/^INVALID_SESSION_ID$/, 'outside_unauthorized'],
  [/^(REQUEST_LIMIT_EXCEEDED|CONCURRENT_REQUESTS_LIMIT_EXCEEDED)$/, 'outside_rate_limited'],
  [/^(UNABLE_TO_LOCK_ROW|SERVER_UNAVAILABLE|QUERY_TIMEOUT)$/, 'outside_unavailable'],
  [/^(NOT_FOUND|ENTITY_IS_DELETED)$/, 'outside_not_found'],
  [/^(DUPLICATE_VALUE|DUPLICATES_DETECTED|ENTITY_IS_LOCKED)$/, 'outside_conflict'],
  [/^(INSUFFICIENT_ACCESS.*|API_DISABLED_FOR_ORG|API_CURRENTLY_DISABLED|TXN_SECURITY_.*)$/, 'outside_forbidden'],
]
