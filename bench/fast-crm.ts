import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A program: just enough of a Salesforce to connect to by OAuth and to create records at, and as fast as Node's HTTP server goes, so
 * that what the bench measures is Behalf. Prints its address as one line of JSON. Consent is given by itself, as Bob, or as whoever the
 * bench names as `login`; a request without a token that it issued gets the 401 of the real one.
 */
const BOB = 'bob@acme.example'
/** Whose they are, by code and by `authorization`. */
const codes = new Map<string, string>()
const tokens = new Map<string, string>()
let records = 0

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()))
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: origin() })))

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const url = new URL(request.url ?? '/', origin())
  const login = tokens.get(request.headers.authorization ?? '')
  if (url.pathname === '/services/oauth2/authorize') authorize(url, response)
  else if (url.pathname === '/services/oauth2/token') issueTokens(new URLSearchParams(body), response)
  else if (url.pathname === '/records') send(response, 200, { records })
  else if (login === undefined)
    send(response, 401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }])
  else if (url.pathname === '/services/oauth2/userinfo') send(response, 200, userOf(login))
  else if (request.method === 'POST' && url.pathname.startsWith(SOBJECTS)) createRecord(response, body)
  else send(response, 404, [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }])
}

const SOBJECTS = '/services/data/v62.0/sobjects/'

const userOf = (email: string) => ({
  user_id: `005${createHash('sha256').update(email).digest('hex').slice(0, 15)}`,
  organization_id: '00D000000000001EAA',
  preferred_username: email,
  email,
  email_verified: true,
})

function authorize({ searchParams }: URL, response: ServerResponse): void {
  const code = randomBytes(16).toString('hex')
  codes.set(code, searchParams.get('login') ?? BOB)
  const back = new URL(searchParams.get('redirect_uri') ?? '')
  back.searchParams.set('code', code)
  back.searchParams.set('state', searchParams.get('state') ?? '')
  response.writeHead(302, { location: back.href }).end()
}

function issueTokens(form: URLSearchParams, response: ServerResponse): void {
  const code = form.get('code') ?? ''
  const login = form.get('grant_type') === 'refresh_token' ? BOB : codes.get(code)
  codes.delete(code)
  if (login === undefined) {
    send(response, 400, { error: 'invalid_grant' })
    return
  }
  const access_token = randomBytes(32).toString('hex')
  tokens.set(`Bearer ${access_token}`, login)
  const refresh_token = randomBytes(32).toString('hex')
  send(response, 200, { access_token, refresh_token, token_type: 'Bearer', instance_url: origin() })
}

function createRecord(response: ServerResponse, body: string): void {
  if (typeof JSON.parse(body).Name !== 'string') {
    send(response, 400, [{ errorCode: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Name]' }])
    return
  }
  records += 1
  send(response, 201, { id: `006${String(records).padStart(15, '0')}`, success: true, errors: [] })
}

function send(response: ServerResponse, status: number, json: unknown): void {
  const text = JSON.stringify(json)
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text)
}
