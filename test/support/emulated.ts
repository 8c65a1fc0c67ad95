import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { type Answered, type Asked, type EmulatedName, SERVICES, TOKENS } from './emulated-services.ts'

/** One of the applications that `emulate` plays, with Alice and Bob, behind a door of ours. */
export interface Emulated {
  url: string
  /** `127.0.0.1:40123` */
  host: string
  client: { client_id: string; client_secret: string }
  addRedirectUri(uri: string): void
  /** What people made there, and whose it is, asked of the application itself. */
  records(): Promise<{ title: string; owner: string }[]>
  /** How often a token was refreshed with success. */
  readonly refreshes: number
  /** Every access token given so far has run out; what they were refreshed with has not. */
  expireTokens(): void
  /** Whatever was granted so far is ended at the application. */
  endGrants(): void
  /** The tokens given so far that still open something: access and refresh tokens. */
  liveTokens(): string[]
  stop(): Promise<void>
}

/**
 * Starts one on 127.0.0.1; stop it with `stop()`.
 * why a door: `emulate` takes a token it does not know for its first user's, so that a dead one would act as somebody; and what it has not
 * (see `emulated-services.ts`) is answered at the door, as the vendor documents it.
 */
export async function startEmulated(name: EmulatedName): Promise<Emulated> {
  const service = SERVICES[name]
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  const client = { client_id: 'behalf', client_secret: 'a-secret-of-the-emulated-client', name: 'Behalf' }
  const redirect_uris = ['http://127.0.0.1:1/never']
  const { emulator, inner } = await startEmulator(name, url, { ...client, redirect_uris })
  const grants: Grant[] = Object.values(TOKENS).map((access) => ({ access, refresh: null }))
  const forward = (asked: Asked) => send(inner, { ...asked, path: service.rewrite?.(asked.path) ?? asked.path })
  const door = { grants, refreshes: 0 }

  async function answer(asked: Asked): Promise<Answered> {
    const answered = await service.answer?.(asked, { forward, kill: (token) => kill(grants, token), door })
    if (answered) return answered
    if (asked.token !== null && !grants.some(({ access }) => access === asked.token)) return service.unauthorized
    const refresh = asked.path === service.tokenPath ? new URLSearchParams(asked.body).get('refresh_token') : null
    if (refresh && !grants.some((grant) => grant.refresh === refresh)) return INVALID_GRANT
    const passed = await forward(asked)
    if (asked.path.split('?')[0] === service.tokenPath) noteTokens(door, asked, passed, service.tokensIn)
    const revoked = asked.path === service.revokePath ? new URLSearchParams(asked.body).get('token') : null
    if (revoked) kill(grants, revoked)
    return passed
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(request, response, answer))

  return {
    url,
    host,
    client: { client_id: client.client_id, client_secret: client.client_secret },
    // The emulator holds on to the very array it was seeded with.
    addRedirectUri: (uri) => void redirect_uris.push(uri),
    records: () => service.records((token, path, init = {}) => askAs(url, token, path, init)),
    get refreshes() {
      return door.refreshes
    },
    expireTokens() {
      for (const grant of grants) if (!Object.values(TOKENS).includes(grant.access)) grant.access = 'expired'
    },
    endGrants() {
      for (const token of tokensOf(grants)) kill(grants, token)
    },
    liveTokens: () => tokensOf(grants),
    async stop() {
      await close(server)
      await emulator.close()
    },
  }
}

const INVALID_GRANT = {
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: '{"error":"invalid_grant"}',
}

/** The tokens of one authorization; `expired` in the place of an access token that ran out. */
export interface Grant {
  access: string
  refresh: string | null
}

function tokensOf(grants: Grant[]): string[] {
  const given = grants.filter(({ access }) => !Object.values(TOKENS).includes(access))
  return given
    .flatMap(({ access, refresh }) => [access, refresh])
    .filter((token) => token !== null && token !== 'expired') as string[]
}

/** With one token of a grant the other ends as well. */
function kill(grants: Grant[], token: string): void {
  const dead = grants.findIndex(({ access, refresh }) => access === token || refresh === token)
  if (dead >= 0) grants.splice(dead, 1)
}

function noteTokens(
  door: { grants: Grant[]; refreshes: number },
  asked: Asked,
  passed: Answered,
  tokensIn: (json: never) => unknown,
): void {
  if (passed.status !== 200) return
  const json = passed.body.startsWith('{')
    ? JSON.parse(passed.body)
    : Object.fromEntries(new URLSearchParams(passed.body))
  const { access_token, refresh_token } = tokensIn(json as never) as { access_token?: string; refresh_token?: string }
  if (!access_token) return
  const old = new URLSearchParams(asked.body).get('refresh_token')
  if (old) {
    door.refreshes += 1
    kill(door.grants, old)
  }
  door.grants.push({ access: access_token, refresh: refresh_token ?? old })
}

async function startEmulator(
  name: EmulatedName,
  baseUrl: string,
  client: object,
  tries = 5,
): Promise<{ emulator: Emulator; inner: number }> {
  // why: the emulator cannot say which free port it took when it is given another base URL. Somebody may take this one first.
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const inner = (probe.address() as AddressInfo).port
  await close(probe)
  try {
    const emulator = await createEmulator({ service: name, port: inner, baseUrl, seed: SERVICES[name].seed(client) })
    return { emulator, inner }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 1) throw error
    return startEmulator(name, baseUrl, client, tries - 1)
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (asked: Asked) => Promise<Answered>,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = 'GET', url: path = '/', headers } = request
  const token = /^(?:Bearer|token) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
  const asked = {
    method,
    path,
    headers: headers as Record<string, string>,
    body: Buffer.concat(chunks).toString(),
    token,
  }
  const {
    status,
    headers: answered,
    body,
  } = await answer(asked).catch((error) => ({
    status: 502,
    headers: {},
    body: String(error),
  }))
  response.writeHead(status, answered).end(body)
}

async function send(port: number, { method, path, headers, body }: Asked): Promise<Answered> {
  const { host: _, connection: __, 'content-length': ___, ...rest } = headers
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: rest,
    redirect: 'manual',
    ...(hasBody && { body }),
  })
  const kept = [...response.headers].filter(
    ([name]) => !/^(content-length|content-encoding|transfer-encoding)$/.test(name),
  )
  return { status: response.status, headers: Object.fromEntries(kept), body: await response.text() }
}

async function askAs(
  url: string,
  token: string,
  path: string,
  init: { method?: string; body?: string; type?: string },
) {
  const { method = 'GET', body, type = 'application/json' } = init
  const headers = { authorization: `Bearer ${token}`, 'content-type': type }
  const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) })
  return response.json()
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
