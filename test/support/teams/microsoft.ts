import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { openAuthorizationServer } from '../authorization-server.ts'
import { APP, TENANT, type TeamsUser, users } from './users.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a bot sends is asserted on, field by field
type Json = any

/** A message that a bot posted, as it stands by now. */
export interface TeamsMessage {
  id: string
  conversation: string
  text: string
  card: Json
  /** How often it was changed. */
  edits: number
}

/** What a token to the bot says, where it is not the truth. */
export interface Forgery {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  signed?: 'by another key' | 'by a key without endorsement' | 'not at all' | 'with the app id'
}

/** Microsoft, as far as a bot of one tenant meets it: keys, tokens, the Bot Connector API, and signing in. */
export interface Microsoft {
  url: string
  host: string
  users: Record<string, TeamsUser>
  messages: TeamsMessage[]
  /** Every request to the Bot Connector API. */
  calls: { method: string; path: string; authorization: string | undefined; body: Json }[]
  /** Chats and channels that were deleted. */
  gone: Set<string>
  /** The next calls of the API that match are answered so, and do nothing. */
  failNext(match: RegExp, status: number, headers?: Record<string, string>): void
  /** A token as the service signs it for a request to the bot. */
  sign(forgery?: Forgery): Promise<string>
  addRedirectUri(uri: string): void
  /** Called when the published keys are read. */
  onKeys(): void
  /** Tokens given to the app so far. */
  tokens: number
  stop(): Promise<void>
}

/** The chat of somebody with the bot. */
export const chatOf = ({ account }: Pick<TeamsUser, 'account'>): string => `a:chat-with-${account}`

const TOKEN = 'a-token-of-the-bot'

/** Starts it on loopback, at this port or any that is free; its service URL is `<url>/teams/`. */
export async function startMicrosoft(port = 0): Promise<Microsoft> {
  const [published, unendorsed, other] = await Promise.all([pair(), pair(), pair()])
  const keys = [
    { ...(await exportJWK(published.publicKey)), kid: 'one', alg: 'RS256', use: 'sig', endorsements: ['msteams'] },
    { ...(await exportJWK(unendorsed.publicKey)), kid: 'two', alg: 'RS256', use: 'sig', endorsements: ['skype'] },
  ]
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  const failures: { match: RegExp; status: number; headers: Record<string, string> }[] = []
  const entra = openAuthorizationServer(`${url}/${TENANT}/v2.0`, { client: APP, openidClaims: ['tid', 'oid'] })
  const microsoft: Microsoft = {
    url,
    host,
    users: users(),
    messages: [],
    calls: [],
    gone: new Set(),
    tokens: 0,
    onKeys: () => {},
    failNext: (match, status, headers = {}) => void failures.push({ match, status, headers }),
    addRedirectUri: entra.controls.addRedirectUri,
    async sign({ claims, header, signed } = {}) {
      const said = { serviceurl: `${url}/teams/`, iss: 'https://api.botframework.com', aud: APP.client_id, ...claims }
      const kid = signed === 'by a key without endorsement' ? 'two' : 'one'
      if (signed === 'not at all') return unsigned({ alg: 'none', typ: 'JWT', ...header }, said)
      const token = new SignJWT(said).setIssuedAt()
      if (claims?.exp === undefined) token.setExpirationTime('1h')
      if (signed === 'with the app id')
        return token.setProtectedHeader({ alg: 'HS256', kid, ...header }).sign(Buffer.from(APP.client_id))
      const key = signed === 'by another key' ? other : signed ? unendorsed : published
      return token.setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(key.privateKey)
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  for (const { objectId, name, tenant } of Object.values(microsoft.users))
    if (tenant === TENANT)
      entra.controls.setClaims(objectId, { sub: `pairwise-${objectId}`, tid: tenant, oid: objectId, name })
  server.on('request', async (request, response) => {
    const path = new URL(request.url ?? '/', url).pathname
    if (path.startsWith(`/${TENANT}/v2.0/`)) return entra.answer(mounted(request, `/${TENANT}/v2.0`), response)
    // Where it asks who is there; it knows its own paths by what stands before them.
    if (path.startsWith('/interaction/'))
      return entra.answer(Object.assign(request, { baseUrl: `/${TENANT}/v2.0` }), response)
    const body = await readBody(request)
    if (path === '/v1/.well-known/openidconfiguration')
      return send(response, 200, { issuer: 'https://api.botframework.com', jwks_uri: `${url}/v1/.well-known/keys` })
    if (path === '/v1/.well-known/keys') {
      microsoft.onKeys()
      return send(response, 200, { keys })
    }
    if (path === `/${TENANT}/oauth2/v2.0/token`) return giveToken(microsoft, body, response)
    const failure = failures.findIndex(({ match }) => match.test(`${request.method} ${path}`))
    const [failed] = failure < 0 ? [] : failures.splice(failure, 1)
    if (failed)
      return send(response, failed.status, { error: { code: 'Ordered', message: 'by the test' } }, failed.headers)
    return answerCall(microsoft, request, { path, body }, response)
  })
  return microsoft
}

const pair = () => generateKeyPair('RS256', { extractable: true })

const unsigned = (header: object, claims: object): string =>
  [header, { exp: Math.floor(Date.now() / 1000) + 3600, ...claims }, '']
    .map((part) => (part === '' ? '' : Buffer.from(JSON.stringify(part)).toString('base64url')))
    .join('.')

/** why: the provider tells its own paths apart by what stands before them. */
function mounted(request: IncomingMessage, at: string): IncomingMessage {
  const original = request.url ?? '/'
  return Object.assign(request, { originalUrl: original, baseUrl: at, url: original.slice(at.length) })
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): unknown {
  return response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function giveToken(microsoft: Microsoft, body: string, response: ServerResponse): unknown {
  const form = new URLSearchParams(body)
  const isRight =
    form.get('client_id') === APP.client_id &&
    form.get('client_secret') === APP.client_secret &&
    form.get('scope') === 'https://api.botframework.com/.default'
  if (!isRight)
    return send(response, 401, {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: Invalid client secret provided. Trace ID: 0 Correlation ID: 0',
    })
  microsoft.tokens += 1
  return send(response, 200, { token_type: 'Bearer', expires_in: 3599, access_token: TOKEN })
}

// --- the Bot Connector API ------------------------------------------------------------------------------------------------------

function answerCall(
  microsoft: Microsoft,
  request: IncomingMessage,
  { path, body: text }: { path: string; body: string },
  response: ServerResponse,
): unknown {
  const { authorization } = request.headers
  const method = request.method ?? ''
  const body: Json = text === '' ? null : JSON.parse(text)
  microsoft.calls.push({ method, path, authorization, body })
  if (authorization !== `Bearer ${TOKEN}`) return send(response, 401, { error: { code: 'Unauthorized' } })
  const [, conversation = '', kind, id = ''] =
    /^\/teams\/v3\/conversations(?:\/([^/]+)(?:\/(activities|members)(?:\/([^/]+))?)?)?$/.exec(path) ?? []
  const room = decodeURIComponent(conversation)
  if (microsoft.gone.has(room.split(';')[0] ?? ''))
    return send(response, 404, { error: { code: 'ConversationNotFound' } })
  if (kind === 'members') return answerMember(microsoft, decodeURIComponent(id), response)
  if (kind === 'activities' && method === 'POST') return addMessage(microsoft, room, body, response)
  if (kind === 'activities' && method === 'PUT') return changeMessage(microsoft, decodeURIComponent(id), body, response)
  if (method === 'POST' && path === '/teams/v3/conversations') return openChat(microsoft, body, response)
  return send(response, 404, { error: { code: 'NotFound' } })
}

function answerMember({ users }: Microsoft, account: string, response: ServerResponse): unknown {
  const user = Object.values(users).find((each) => each.account === account)
  if (!user?.isThere) return send(response, 404, { error: { code: 'MemberNotFoundInConversation' } })
  const { name, objectId, upn, mail, tenant, role } = user
  const names = { name, givenName: name.split(' ')[0], userPrincipalName: upn, email: mail }
  return send(response, 200, {
    id: account,
    aadObjectId: objectId,
    objectId,
    tenantId: tenant,
    userRole: role,
    ...names,
  })
}

function openChat({ users }: Microsoft, body: Json, response: ServerResponse): unknown {
  const [member] = body.members
  const user = Object.values(users).find(({ account, objectId }) => [account, objectId].includes(member.id))
  if (!user?.hasApp || !user.isThere) return send(response, 403, { error: { code: 'ForbiddenOperationException' } })
  return send(response, 201, { id: chatOf(user) })
}

function addMessage(microsoft: Microsoft, conversation: string, body: Json, response: ServerResponse): unknown {
  const owner = Object.values(microsoft.users).find((user) => chatOf(user) === conversation)
  if (owner && !(owner.hasApp && owner.isThere))
    return send(response, 403, { error: { code: 'BotNotInConversationRoster' } })
  const id = `1:${microsoft.messages.length + 1}`
  microsoft.messages.push({ id, conversation, ...contentOf(body), edits: 0 })
  return send(response, 201, { id })
}

function changeMessage(microsoft: Microsoft, id: string, body: Json, response: ServerResponse): unknown {
  const message = microsoft.messages.find((each) => each.id === id)
  if (!message) return send(response, 404, { error: { code: 'ActivityNotFoundInConversation' } })
  Object.assign(message, contentOf(body), { edits: message.edits + 1 })
  return send(response, 200, { id })
}

const contentOf = (body: Json) => ({ text: body.text ?? '', card: body.attachments?.[0]?.content ?? null })
