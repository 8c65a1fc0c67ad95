import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerMethod, refuse } from './methods.ts'
import { answerPage, exchangeCode, mintToken } from './oauth.ts'
import { openSignIn } from './openid.ts'
import { answerResponseUrl } from './response-urls.ts'
import { createSockets, type Sockets } from './sockets.ts'
import type { SlackState } from './state.ts'
import { type Json, type SlackTeam, startTeam } from './team.ts'
import { ACME, APP, type TeamWanted } from './world.ts'

/** Slack's servers, as far as an app sees them, behind one address. */
export interface SlackServers {
  url: string
  host: string
  state: SlackState
  sockets: Sockets
  addRedirectUri(uri: string): void
  /** A live bot token, as an install gives; for tests that need no install. */
  install(teamOrEnterprise: string): string
  /** Has what is asked for below `/client`, where Slack's own pages are, answered by somebody else. */
  showPages(answer: RequestListener): void
  stop(): Promise<void>
}

/**
 * Starts Slack with these teams on 127.0.0.1: `emulate`'s for each team behind a door of ours, which routes by token, and answers what
 * `emulate` has not: see `methods.ts`, `response-urls.ts`, `sockets.ts` and `openid.ts`. Any free port, unless one is named.
 */
export async function startSlackServers(wanted: TeamWanted[] = [ACME], port = 0): Promise<SlackServers> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  // The emulators hold on to the very array they were seeded with.
  const redirectUris = ['http://127.0.0.1:1/never']
  const teams = await Promise.all(wanted.map((each) => startTeam(each, redirectUris)))
  const state = emptyState(url, teams)
  const sockets = createSockets(APP.app_id)
  const signIn = openSignIn(url, teams)
  let pages: RequestListener | undefined
  server.on('request', (request, response) => {
    if (pages && /^\/client\b/.test(request.url ?? '')) return pages(request, response)
    if (!/^\/(api|oauth|actions)\//.test(request.url ?? '')) return signIn.answer(request, response)
    void answerAt(state, sockets, request, response).catch((error) => response.writeHead(502).end(String(error)))
  })
  server.on('upgrade', (request, socket) => sockets.accept(request, socket))
  return {
    url,
    host,
    state,
    sockets,
    install: (id) => mintToken(state, id),
    showPages(answer) {
      pages = answer
    },
    addRedirectUri(uri) {
      redirectUris.push(uri)
      signIn.addRedirectUri(uri)
    },
    async stop() {
      sockets.drop(true)
      await close(server)
      await Promise.all(teams.map((team) => team.stop()))
    },
  }
}

const emptyState = (url: string, teams: SlackTeam[]): SlackState => ({
  url,
  teams,
  tokens: new Map(),
  ephemerals: [],
  views: new Map(),
  triggers: new Map(),
  responseUrls: new Map(),
  directMessages: new Map(),
  codes: new Map(),
  orgWide: new Set(),
  calls: [],
  faults: [],
  ahead: 0,
})

async function answerAt(state: SlackState, sockets: Sockets, request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? '', state.url)
  const body = await readBody(request)
  if (pathname.startsWith('/oauth/')) return answerPage(state, request, response, body)
  if (pathname.startsWith('/actions/')) {
    const answer = await answerResponseUrl(state, pathname.split('/').at(-1) ?? '', JSON.parse(body))
    return send(response, answer.ok ? 200 : 404, answer)
  }
  const method = pathname.slice('/api/'.length)
  const args = { ...Object.fromEntries(new URL(request.url ?? '', state.url).searchParams), ...argsOf(request, body) }
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? args.token
  const fault = state.faults.find((each) => each.method === method && each.times-- > 0)
  if (fault?.retryAfterSeconds !== undefined) {
    note(state, method, args, 'ratelimited')
    response.setHeader('retry-after', String(fault.retryAfterSeconds))
    return send(response, 429, refuse('ratelimited'))
  }
  const answer = fault?.error ? refuse(fault.error) : await answerCall(state, sockets, { method, args, token, request })
  note(state, method, args, answer.ok ? 'ok' : answer.error)
  send(response, 200, answer)
}

interface Asked {
  method: string
  args: Json
  token: string | undefined
  request: IncomingMessage
}

async function answerCall(state: SlackState, sockets: Sockets, { method, args, token, request }: Asked): Promise<Json> {
  if (method === 'api.test') return { ok: true }
  if (method === 'oauth.v2.access') return exchangeCode(state, args, request)
  if (method === 'apps.connections.open')
    return token === APP.app_token ? { ok: true, url: sockets.open(state.url) } : refuse('invalid_auth')
  if (!token) return refuse('not_authed')
  const installed = state.tokens.get(token)
  if (!installed || installed.dead) return refuse(installed?.dead ?? 'invalid_auth')
  return answerMethod(state, { method, args, installed })
}

function note(state: SlackState, method: string, args: Json, outcome: string): void {
  state.calls.push({ method, args, outcome, at: Date.now() })
}

/** The arguments of a method; those that are JSON are read. */
function argsOf(request: IncomingMessage, body: string): Json {
  if (request.headers['content-type']?.includes('json')) return JSON.parse(body || '{}')
  const entries = [...new URLSearchParams(body)].map(([name, value]) => [name, readValue(value)])
  return Object.fromEntries(entries)
}

function readValue(value: string): unknown {
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
