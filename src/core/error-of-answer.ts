import { OutsideError } from './errors.ts'
import { retryAfterMs } from './retry-after.ts'

/**
 * The words in which every connector says what an application refused. Each has a line in `docs/errors.md`.
 * Only the last two may be tried again as they are.
 */
export type AnswerCode =
  | 'outside_invalid_input'
  | 'outside_unauthorized'
  | 'outside_forbidden'
  | 'outside_not_found'
  | 'outside_conflict'
  | 'outside_refused'
  | 'outside_rate_limited'
  | 'outside_unavailable'

interface RefusedAnswer {
  /** Its name, for the message. */
  application: string
  status: number
  headers: Headers
  /** What the answer's body means, where it is more exact than the status. */
  code?: AnswerCode | undefined
  /** The application's own words; cut at 500 characters. */
  message?: string | undefined
  /** Further facts: the application's own code, the fields it complains about. */
  details?: Record<string, unknown>
  /** Where the application says it otherwise than by `Retry-After`. */
  retryAfterMs?: number | undefined
}

/** An application's answer of 400 and above as our error: by `code` when given, else by its status. */
export function errorOfAnswer(answer: RefusedAnswer): OutsideError {
  const { application, status, headers, message, details } = answer
  const code = answer.code ?? codeOfStatus(status)
  const words = message?.trim() ? message.trim().slice(0, 500) : `It answered with HTTP status ${status}.`
  const wait = answer.retryAfterMs ?? retryAfterMs(headers)
  return new OutsideError(code, `${application}: ${words}`, {
    retryable: code === 'outside_rate_limited' || code === 'outside_unavailable',
    httpStatus: status,
    ...(wait !== undefined && { retryAfterMs: wait }),
    ...(details && { details }),
  })
}

const BY_STATUS: Record<number, AnswerCode> = {
  400: 'outside_invalid_input',
  401: 'outside_unauthorized',
  403: 'outside_forbidden',
  404: 'outside_not_found',
  408: 'outside_unavailable',
  409: 'outside_conflict',
  410: 'outside_not_found',
  412: 'outside_conflict',
  413: 'outside_invalid_input',
  414: 'outside_invalid_input',
  415: 'outside_invalid_input',
  422: 'outside_invalid_input',
  423: 'outside_conflict',
  429: 'outside_rate_limited',
}

function codeOfStatus(status: number): AnswerCode {
  return BY_STATUS[status] ?? (status >= 500 ? 'outside_unavailable' : 'outside_refused')
}
