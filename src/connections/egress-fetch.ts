import type { CustomFetch } from 'openid-client'
import type { Egress, OutgoingRequest } from '#core/egress.ts'
import { OutsideError } from '#core/errors.ts'

/** Token endpoints, discovery documents and key sets are small; what is larger is none of these. */
const MAX_BYTES = 1024 * 1024

/** RFC 6749's own words for the codes that well-known token endpoints made up. */
const STANDARD_CODES: Record<string, string> = {
  bad_refresh_token: 'invalid_grant',
  bad_verification_code: 'invalid_grant',
  invalid_code: 'invalid_grant',
  code_already_used: 'invalid_grant',
  invalid_refresh_token: 'invalid_grant',
  token_revoked: 'invalid_grant',
  incorrect_client_credentials: 'invalid_client',
  invalid_client_id: 'invalid_client',
  bad_client_secret: 'invalid_client',
}

/** Said with 200 by a server in trouble. */
const OUTAGES = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited'])

/**
 * `fetch` for openid-client (its `customFetch`), going out by our egress: nothing is followed, resent or cached, and
 * openid-client wraps what the egress throws: `unwrapOutsideError` has it back. Takes bodies of text and form fields only.
 *
 * Some applications answer a refused token request with 200 and `{"error": …}`, or with codes of their own. Both are turned into
 * what RFC 6749 section 5.2 says, 400 and a standard code, so that a refusal is never taken for a malformed answer. Tokens that stand
 * in one field of the answer are lifted to its top.
 */
export function egressFetch(
  egress: Egress,
  tokenResponseField: string | null = null,
  beforeSending?: () => void,
): CustomFetch {
  return async (url, options) => {
    const { body, headers, method, signal } = options
    const response = await egress({
      method: method as OutgoingRequest['method'],
      url: new URL(url),
      headers: withContentType(headers, body),
      ...(body != null && { body: readBody(body) }),
      maxBytes: MAX_BYTES,
      ...(signal && { signal }),
      ...(beforeSending && { beforeSending }),
    })
    if (response.status < 200 || response.status > 599)
      throw new OutsideError(
        'outside_malformed',
        `${new URL(url).host} answered with HTTP status ${response.status}.`,
        {
          retryable: false,
        },
      )
    return method === 'POST'
      ? standardised(lifted(response, tokenResponseField))
      : toResponse(response.status, response)
  }
}

/** The `OutsideError` that openid-client wrapped in an error of its own; any other error as it is. */
export function unwrapOutsideError(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof OutsideError ? error.cause : error
}

function readBody(body: unknown): string {
  if (typeof body === 'string' || body instanceof URLSearchParams) return String(body)
  throw new TypeError('Only bodies of text or form fields can be sent')
}

/** `fetch` derives this header from a body of form fields; the egress sends headers as they are. */
function withContentType(headers: Record<string, string>, body: unknown): Record<string, string> {
  const given = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  if (given || !(body instanceof URLSearchParams)) return headers
  return { ...headers, 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }
}

interface Answer {
  status: number
  headers: Headers
  body: string
}

/**
 * What stands in one field of the answer beside the rest of it, where an application keeps a person's tokens there (Slack: `authed_user`).
 * A token type of its own (`user`) is RFC 6750's. At a refresh the person's tokens stand at the top, and their type says that they are theirs.
 */
function lifted(answer: Answer, field: string | null): Answer {
  const json = field === null ? undefined : parseObject(answer.body)
  if (!json) return answer
  const inner = parseObject(JSON.stringify(json[field as string])) ?? {}
  // why: what else stands at the top is the application's own token, which would pass for the person's.
  const rest = json.token_type === 'user' ? json : withoutTokens(json)
  const whole = { ...rest, ...inner }
  return { ...answer, body: JSON.stringify({ ...whole, ...('access_token' in whole && { token_type: 'bearer' }) }) }
}

function withoutTokens(json: Record<string, unknown>): Record<string, unknown> {
  const { access_token: _, refresh_token: __, expires_in: ___, scope: ____, token_type: _____, ...rest } = json
  return rest
}

function parseObject(body = ''): Record<string, unknown> | undefined {
  try {
    const json = JSON.parse(body)
    return typeof json === 'object' && json !== null ? json : undefined
  } catch {
    return undefined
  }
}

function standardised(answer: Answer): Response {
  const refusal = readRefusal(answer.body)
  if (!refusal) return toResponse(answer.status, answer)
  const error = refusesRefreshToken(refusal) ? 'invalid_grant' : (STANDARD_CODES[refusal.error] ?? refusal.error)
  // A status of 500 stays one: a server in trouble refuses nothing.
  const meant = OUTAGES.has(error) ? 503 : 400
  const status = answer.status === 200 ? meant : answer.status
  const headers = new Headers(answer.headers)
  // why: openid-client looks at a challenge first, and would not read what the application says in the body.
  headers.delete('www-authenticate')
  return toResponse(status, { headers, body: JSON.stringify({ ...refusal, error }) })
}

/** why: Atlassian blames the client for a refresh token that has ended; only the description says what it means. */
function refusesRefreshToken({ error, error_description }: Refusal): boolean {
  return error === 'unauthorized_client' && /^refresh_token is invalid/i.test(String(error_description ?? ''))
}

interface Refusal {
  error: string
  error_description?: unknown
}

function readRefusal(body: string): Refusal | undefined {
  // What is no JSON openid-client tells better than we can.
  const json = parseObject(body)
  return typeof json?.error === 'string' && json.access_token === undefined ? { ...json, error: json.error } : undefined
}

function toResponse(status: number, { headers, body }: Pick<Answer, 'headers' | 'body'>): Response {
  // `Response` refuses even an empty body with these.
  const bodiless = status === 204 || status === 205 || status === 304
  return new Response(bodiless ? null : body, { status, headers })
}
