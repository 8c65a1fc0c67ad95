import { Agent, type Dispatcher } from 'undici'
import type { Egress, OutgoingRequest, OutgoingResponse } from '#core/egress.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import { type Lookup, makeConnector, systemLookup } from './egress-connector.ts'
import { egressFailure, tooLarge } from './egress-failure.ts'

export interface EgressOptions {
  /** `host:port` of applications that may have a private address and be spoken to without TLS: `127.0.0.1:7201`, `crm.internal:443`, `[fd00::1]:443`. */
  allowedPrivateHosts: string[]
  /** Certificate authorities trusted besides the usual ones, in PEM. */
  certificateAuthorities?: string[]
  /** How names become addresses; the system's resolver when not given. */
  lookup?: Lookup
}

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024

/**
 * The server's only way out, as `Egress` promises: https to public addresses, and whatever is on the allow-list. Connections are
 * kept and shared between requests; cookies are not kept, redirects not followed, nothing is retried. A request whose `signal`
 * is aborted throws that signal's reason. `close()` waits for what is under way and ends all connections.
 *
 * Throws `UserError` `setting_invalid` at once when an entry of the allow-list is not `host:port`.
 */
export function makeEgress(options: EgressOptions): Egress & { dispatcher: Dispatcher; close(): Promise<void> } {
  const { allowedPrivateHosts, certificateAuthorities = [], lookup = systemLookup } = options
  const allowed = new Set(allowedPrivateHosts.map(readHostAndPort))
  const isAllowed = (hostAndPort: string) => allowed.has(hostAndPort)
  const agent = new Agent({
    connect: makeConnector({ isAllowed, lookup, certificateAuthorities }),
    allowH2: false,
    connections: 256,
    // Our own clock runs to the last byte; a second one per phase would only say the same later.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return Object.assign((request: OutgoingRequest) => send(agent, isAllowed, request), {
    dispatcher: agent,
    close: () => agent.close(),
  })
}

async function send(agent: Agent, isAllowed: (hostAndPort: string) => boolean, request: OutgoingRequest) {
  const { url, timeoutMs = DEFAULT_TIMEOUT_MS } = request
  refuseForbiddenUrl(url, isAllowed)
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort({ code: 'ETIMEDOUT' }), timeoutMs)
  try {
    const signal = request.signal ? AbortSignal.any([clock.signal, request.signal]) : clock.signal
    return await Promise.race([exchange(agent, request, signal), rejectOnAbort(signal)])
  } catch (error) {
    if (request.signal?.aborted && !clock.signal.aborted) throw request.signal.reason
    throw egressFailure(clock.signal.aborted ? clock.signal.reason : error, url.host)
  } finally {
    clearTimeout(timer)
  }
}

/** Refuses what can be seen in the URL; names are checked when they are looked up, literal addresses when they are connected to. */
function refuseForbiddenUrl(url: URL, isAllowed: (hostAndPort: string) => boolean): void {
  const refuse = (why: string) => {
    throw new OutsideError('egress_refused', `${url.host || 'This address'} may not be called: ${why}.`, {
      retryable: false,
      details: { host: url.host },
    })
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('only https is spoken')
  if (url.username || url.password) refuse('it holds a user name or a password')
  if (url.protocol === 'http:' && !isAllowed(hostAndPortOf(url)))
    refuse('http is only spoken to hosts on the allow-list')
}

async function exchange(agent: Agent, request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingResponse> {
  const { url, method, body, maxBytes = DEFAULT_MAX_BYTES } = request
  const dispatcher = request.beforeSending ? agent.compose(lastCheck(request.beforeSending)) : agent
  const response = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    // why: without `identity` a server may compress, and a small answer could unfold into a huge one.
    headers: { 'user-agent': 'Behalf', 'accept-encoding': 'identity', ...lowerCased(request.headers) },
    body: body ?? null,
    signal,
  })
  return {
    status: response.statusCode,
    headers: toHeaders(response.headers),
    body: await readWhole(response.body, maxBytes, url.host),
  }
}

/** Runs a check when the library has a connection and is about to write the request to it. */
function lastCheck(check: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const start = handler.onRequestStart?.bind(handler)
    handler.onRequestStart = (...started) => {
      check()
      start?.(...started)
    }
    return dispatch(options, handler)
  }
}

/** why: the library notices an abort only once it is connected, which a name server that hangs can put off. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function readWhole(body: Dispatcher.ResponseData['body'], maxBytes: number, host: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  // Leaving the loop by a throw destroys the body, and with it the connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(host, 'body')
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function toHeaders(fields: Dispatcher.ResponseData['headers']): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one)
  }
  return headers
}

function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** The URL's host as the connector sees it: without brackets, with its port said. */
function hostAndPortOf(url: URL): string {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return `${url.hostname.replace(/^\[(.*)\]$/, '$1')}:${port}`
}

function readHostAndPort(entry: string): string {
  // The port is checked apart, for `URL` drops the one its scheme implies. `URL` also brings every spelling into one.
  const url = /:\d{1,5}$/.test(entry) ? URL.parse(`http://${entry}`) : null
  const more = url && url.pathname.slice(1) + url.search + url.hash + url.username + url.password
  if (!url || more)
    throw new UserError(
      'setting_invalid',
      `The list of private hosts takes host:port, such as 127.0.0.1:7201; not "${entry}".`,
    )
  return hostAndPortOf(url)
}
