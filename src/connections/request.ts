import type { ActionRequest, ActionResponse, BoundRequest, Connector } from '#connectors/connector.ts'
import type { Egress, OutgoingResponse } from '#core/egress.ts'
import { OutsideError } from '#core/errors.ts'
import type { Secret } from '#core/secret.ts'
import { resolveActionUrl } from './action-url.ts'

export interface BoundRequestOptions {
  egress: Egress
  connector: Pick<Connector, 'label' | 'authorize' | 'readError'>
  baseUrl: URL
  /** Further origins the connector declared. */
  origins: string[]
  /** The access token as it is now; asked for after `beforeEach`. */
  accessToken(): Secret | Promise<Secret>
  /** Throws when this credential may not be used any more. Called before every request that leaves, repetitions included. */
  beforeEach(): Promise<void>
  /**
   * Called once when the application refused the token: the renewed one, which `accessToken` gives from now on, or null when there
   * is none. May throw.
   */
  onUnauthorized(): Promise<Secret | null>
  /** Told the HTTP status of every answer, 401 and redirects included. */
  onResponse?(status: number): void
}

/**
 * Binds `request()` of an action to one credential. The action never sees the credential, and the credential goes nowhere but
 * below `baseUrl` and to `origins`. A 401 asks for a renewed token and repeats once. The answer's body comes without the token,
 * should the application echo it.
 *
 * Throws what `beforeEach` and `onUnauthorized` throw, what the connector's `readError` makes of 400 and above, the egress's
 * errors, and `OutsideError`, none of them retryable: `origin_refused` and `request_refused` (the action asked for what it may
 * not), `redirect_refused` (3xx), `outside_malformed` (no JSON; the request may have had its effect).
 */
export function bindRequest(options: BoundRequestOptions): BoundRequest {
  return async (request) => {
    const url = resolveActionUrl({ ...request, baseUrl: options.baseUrl, origins: options.origins })
    const headers = readHeaders(request)
    let answer = await send(options, request, url, headers)
    if (answer.status === 401 && (await options.onUnauthorized())) answer = await send(options, request, url, headers)
    return toActionResponse(options.connector, url, answer)
  }
}

async function send(
  options: BoundRequestOptions,
  { method, json }: ActionRequest,
  url: URL,
  headers: Record<string, string>,
): Promise<OutgoingResponse> {
  await options.beforeEach()
  const secret = (await options.accessToken()).reveal()
  const answer = await options.egress({
    method,
    url,
    headers: { ...headers, ...options.connector.authorize(secret) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  options.onResponse?.(answer.status)
  return { ...answer, body: withoutSecret(answer.body, secret) }
}

/** The action's own headers, beside which the credential's are put. */
function readHeaders({ headers = {}, json }: ActionRequest): Record<string, string> {
  const own: Record<string, string> = { accept: 'application/json' }
  if (json !== undefined) own['content-type'] = 'application/json'
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED_HEADERS.test(name))
      throw new OutsideError('request_refused', `The action may not set the header ${name}.`, { retryable: false })
    own[name.toLowerCase()] = value
  }
  return own
}

// A credential of the action's own, another host on the same connection, or a second request smuggled behind the first.
const RESERVED_HEADERS =
  /^(authorization|cookie|host|origin|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|x-forwarded-.*|forwarded)$/i

/** why: an application that echoes our headers would put the credential into the step's output, where people read it. */
function withoutSecret(body: string, secret: string): string {
  // Shorter than any real token: to replace it would only damage the answer.
  return secret.length < 16 ? body : body.replaceAll(secret, '[secret]')
}

function toActionResponse(
  connector: BoundRequestOptions['connector'],
  url: URL,
  answer: OutgoingResponse,
): ActionResponse {
  const { status, headers, body } = answer
  if (status >= 300 && status < 400) {
    throw new OutsideError('redirect_refused', `${connector.label} answered with a redirect, which is not followed.`, {
      retryable: false,
      httpStatus: status,
    })
  }
  const json = parseJson(body)
  const response: ActionResponse = { url: url.href, status, headers, json: json ?? null }
  if (status >= 400) throw connector.readError(response)
  if (json === undefined) {
    throw new OutsideError('outside_malformed', `${connector.label} answered with what is no JSON.`, {
      retryable: false,
      httpStatus: status,
    })
  }
  return response
}

/** undefined when it is no JSON. */
function parseJson(body: string): unknown {
  if (body.trim() === '') return null
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
