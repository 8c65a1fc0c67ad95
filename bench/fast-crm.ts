import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A program: just enough of a Salesforce to connect to by OAuth and to create records at, and as fast as Node's HTTP server goes, so
 * that what the bench measures is Behalf. Prints its address as one line of JSON. Consent is given by itself; a request without a token
 * that it issued gets the 401 of the real one.
 */
const codes = new Set<string>()
const tokens = new Set<string>()
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
  const token = request.headers.authorization ?? ''
  if (url.pathname === '/services/oauth2/authorize') authorize(url, response)
  else if (url.pathname === '/services/oauth2/token') issueTokens(new URLSearchParams(body), response)
  else if (!tokens.has(token))
    send(response, 401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }])
  else if (url.pathname === '/services/oauth2/userinfo') send(response, 200, BOB)
  else if (request.method === 'POST' && url.pathname.startsWith(SOBJECTS)) createRecord(response, body)
  else send(response, 404, [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }])
}

const SOBJECTS = '/services/data/v62.0/sobjects/'

const BOB = {
  user_id: '005000000000001AAA',
  organization_id: '00D000000000001EAA',
  preferred_username: 'bob@acme.example',
  email: 'bob@acme.example',
  email_verified: true,
}

function authorize({ searchParams }: URL, response: ServerResponse): void {
  const code = randomBytes(16).toString('hex')
  codes.add(code)
  const back = new URL(searchParams.get('redirect_uri') ?? '')
  back.searchParams.set('code', code)
  back.searchParams.set('state', searchParams.get('state') ?? '')
  response.writeHead(302, { location: back.href }).end()
}

function issueTokens(form: URLSearchParams, response: ServerResponse): void {
  const isKnown = form.get('grant_type') === 'refresh_token' || codes.delete(form.get('code') ?? '')
  if (!isKnown) {
    send(response, 400, { error: 'invalid_grant' })
    return
  }
  const access_token = randomBytes(32).toString('hex')
  tokens.add(`Bearer ${access_token}`)
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
