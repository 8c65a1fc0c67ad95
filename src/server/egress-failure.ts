import { OutsideError } from '#core/errors.ts'

/**
 * What went wrong below HTTP, as the error that `Egress` promises. Only the host and the failure's code are kept: the
 * library's own error may hold pieces of the request or of the answer, so it is not even the cause.
 */
export function egressFailure(error: unknown, host: string): OutsideError {
  if (error instanceof OutsideError) return error
  const reason = reasonOf(error)
  if (TIMEOUTS.has(reason))
    return new OutsideError('outside_timeout', `${host} did not answer in time.`, {
      retryable: true,
      details: { host },
    })
  if (reason === 'UND_ERR_HEADERS_OVERFLOW') return tooLarge(host, 'headers')
  // A header or path that HTTP cannot carry: nothing was sent, and nothing would be the next time.
  if (reason === 'UND_ERR_INVALID_ARG')
    return new OutsideError('egress_refused', `The request to ${host} is not valid HTTP.`, {
      retryable: false,
      details: { host },
    })
  return new OutsideError('outside_unreachable', `${host} could not be reached (${reason}).`, {
    retryable: true,
    details: { host, reason },
  })
}

/** The answer is larger than we read. */
export function tooLarge(host: string, part: 'headers' | 'body'): OutsideError {
  return new OutsideError('outside_too_large', `The answer of ${host} is too large (${part}).`, {
    retryable: false,
    details: { host, part },
  })
}

const TIMEOUTS = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `HPE_INVALID_CONSTANT`… */
function reasonOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code
  // Several addresses were tried and all failed: the first speaks for them.
  return errors?.length ? reasonOf(errors[0]) : 'unknown'
}
