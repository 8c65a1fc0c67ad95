import type { ActionRequest, ActionResponse, BoundRequest, Connector } from '#connectors/connector.ts'
import type { Egress, OutgoingRequest, OutgoingResponse } from '#core/egress.ts'
import { OutsideError } from '#core/errors.ts'
import { resolveActionUrl } from './action-url.ts'
import { revealCredential, type Tokens } from './grant.ts'
import { hideSecrets } from './hide-secrets.ts'

export interface BoundRequestOptions {
  egress: Egress
  connector: Pick<Connector, 'label' | 'authentication' | 'authorize' | 'readError'>
  settings: unknown
  baseUrl: URL
  /** Further origins the connector declared. */
  origins: string[]
  /** The credential as it is now; asked for after `beforeEach`. */
  credential(): Pick<Tokens, 'connectedBy' | 'accessToken'>
  /** Throws when this credential may not be used any more. Called before every request that leaves, repetitions included. */
  beforeEach(): Promise<void>
  /**
   * Called once when the application refused the credential: whether it was renewed, so that `credential` gives another from now on.
   * May throw.
   */
  onUnauthorized(): Promise<boolean>
  /** Told the HTTP status of every answer, 401 and redirects included. */
  onResponse?(status: number): void
  /** Told of each request that left, may have had an effect (no GET), and got no answer. */
  onUnanswered?(): void
}

/**
 * Binds `request()` of an action to one credential. The action never sees the credential, and the credential goes nowhere but
 * below `baseUrl` and to `origins`. A 401, or what the request reads as one, asks for a renewed token and
 * repeats once. The answer comes without the credential, should the application echo it.
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
    if (statusOf(answer) === 401 && (await options.onUnauthorized()))
      answer = await send(options, request, url, headers)
    return toActionResponse(options.connector, { url, answer, expects: request.expects ?? 'json' })
  }
}

/** An answer, and the refusal the request itself reads in it. */
type Answer = OutgoingResponse & { refusal: OutsideError | null }

const statusOf = ({ status, refusal }: Answer): number => (refusal?.code === 'outside_unauthorized' ? 401 : status)

async function send(
  options: BoundRequestOptions,
  request: ActionRequest,
  url: URL,
  headers: Record<string, string>,
): Promise<Answer> {
  await options.beforeEach()
  const credential = revealCredential(options.credential())
  const authorization = options.connector.authorize(credential, options.settings)
  const sent = bodyOf(request)
  let hasLeft = false
  const outgoing: OutgoingRequest = {
    method: request.method,
    url: withQuery(url, authorization.query),
    headers: { ...headers, ...authorization.headers },
    ...(sent !== undefined && { body: sent }),
    beforeSending: () => {
      hasLeft = true
    },
  }
  const whole = await options.egress(outgoing).catch((error) => {
    if (hasLeft && request.method !== 'GET') options.onUnanswered?.()
    throw error
  })
  const authentication = () => options.connector.authentication(options.settings)
  const answer = hideSecrets(whole, { credential, authorization, authentication })
  const read = { ...answer, refusal: request.readRefusal?.(readResponse(url, answer)) ?? null }
  options.onResponse?.(statusOf(read))
  return read
}

function bodyOf({ json, body }: ActionRequest): string | undefined {
  return json === undefined ? body?.text : JSON.stringify(json)
}

function withQuery(url: URL, query: Record<string, string>): URL {
  const whole = new URL(url)
  for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value)
  return whole
}

/** The action's own headers, beside which the credential's are put. */
function readHeaders({ headers = {}, json, body }: ActionRequest): Record<string, string> {
  const own: Record<string, string> = { accept: 'application/json' }
  if (json !== undefined) own['content-type'] = 'application/json'
  else if (body) own['content-type'] = body.contentType
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

function toActionResponse(
  connector: BoundRequestOptions['connector'],
  { url, answer, expects }: { url: URL; answer: Answer; expects: 'json' | 'text' },
): ActionResponse {
  const { status, body, refusal } = answer
  if (status >= 300 && status < 400) {
    throw new OutsideError('redirect_refused', `${connector.label} answered with a redirect, which is not followed.`, {
      retryable: false,
      httpStatus: status,
    })
  }
  if (refusal) throw refusal
  const response = readResponse(url, answer)
  if (status >= 400) throw connector.readError(response)
  if (expects === 'json' && parseJson(body) === undefined) {
    throw new OutsideError('outside_malformed', `${connector.label} answered with what is no JSON.`, {
      retryable: false,
      httpStatus: status,
    })
  }
  return response
}

function readResponse(url: URL, { status, headers, body }: OutgoingResponse): ActionResponse {
  return { url: url.href, status, headers, json: parseJson(body) ?? null, text: body }
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
