import * as oauth from 'openid-client'
import { OutsideError } from '#core/errors.ts'
import { retryAfterMs } from '#core/retry-after.ts'
import { unwrapOutsideError } from '../egress-fetch.ts'

// RFC 6749 §5.2; applications with words of their own are translated on the way in (egress-fetch).
const REFUSAL = 'invalid_grant'
const CLIENT_FAULTS = new Set(['invalid_client', 'unauthorized_client'])

/** The application's word when it refused the grant itself; undefined for every other failure, and for a server that is busy or down. */
export function refusalOf(error: unknown): string | undefined {
  const code = errorCodeOf(error)
  return code === REFUSAL && !isTransient(statusOf(error)) ? code : undefined
}

/**
 * What went wrong at a token endpoint, as our error. The original is not attached: it can hold the request.
 * `parent_client_refused` is the fault of the parent's OAuth client, never of the person's grant.
 */
export function toOutsideError(error: unknown): OutsideError {
  const unwrapped = unwrapOutsideError(error)
  if (unwrapped instanceof OutsideError) return unwrapped
  if ((error as { code?: unknown }).code === 'OAUTH_TIMEOUT')
    return new OutsideError('outside_timeout', "The application's token endpoint did not answer in time.", {
      retryable: true,
    })
  const status = statusOf(error)
  if (isTransient(status))
    return new OutsideError('outside_unavailable', `The application's token endpoint answered ${status}.`, {
      retryable: true,
      httpStatus: status,
      ...askedPause(error),
    })
  const code = errorCodeOf(error)
  if ((code && CLIENT_FAULTS.has(code)) || error instanceof oauth.WWWAuthenticateChallengeError)
    return new OutsideError('parent_client_refused', 'The application refuses the OAuth client of this connection.', {
      retryable: false,
    })
  if (error instanceof oauth.AuthorizationResponseError)
    return new OutsideError('authorization_refused', `The application answered: ${error.error}.`, { retryable: false })
  return new OutsideError('token_request_refused', `The token request failed: ${code ?? describe(error)}.`, {
    retryable: false,
    ...(status !== undefined && { httpStatus: status }),
  })
}

function errorCodeOf(error: unknown): string | undefined {
  if (error instanceof oauth.ResponseBodyError) return error.error
  const body = causeOf(error)?.body
  const code = body && typeof body === 'object' ? (body as { error?: unknown }).error : undefined
  return typeof code === 'string' ? code : undefined
}

/** It is busy or down: whatever else it says, it refused nothing. */
const isTransient = (status: number | undefined): status is number =>
  status !== undefined && (status >= 500 || status === 429 || status === 408)

const statusOf = (error: unknown): number | undefined => responseOf(error)?.status

function askedPause(error: unknown): { retryAfterMs?: number } {
  const response = responseOf(error)
  const pause = response && retryAfterMs(response.headers)
  return pause === undefined ? {} : { retryAfterMs: pause }
}

function responseOf(error: unknown): Response | undefined {
  const own = (error as { response?: unknown })?.response
  if (own instanceof Response) return own
  for (let cause = error; cause instanceof Error || cause instanceof Response; cause = (cause as Error).cause)
    if (cause instanceof Response) return cause
  return undefined
}

function causeOf(error: unknown): { body?: unknown } | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  return cause && typeof cause === 'object' ? cause : undefined
}

/** Only the library's own code: its messages can quote the response. */
function describe(error: unknown): string {
  const code = (error as { code?: unknown })?.code
  return typeof code === 'string' ? code : 'unexpected answer'
}
