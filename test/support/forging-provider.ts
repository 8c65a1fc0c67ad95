import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type Loopback, loopbackHttp } from './loopback.ts'

/** An ID token as a forger makes it: what differs from an honest one. */
export interface Forgery {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  /** How it is signed. Default: by the key that is published. */
  signed?: 'by another key' | 'with the client secret' | 'not at all'
  /** The issuer its discovery document names. Default: the truth. */
  issuer?: string
}

/** An OpenID Connect provider that forges its tokens as it is told, and exchanges every code it is given. */
export interface ForgingProvider {
  server: Loopback
  url: string
  client: { client_id: string; client_secret: string }
  /** What it does from now on. */
  forge(forgery: Forgery): void
}

const CLIENT = { client_id: 'behalf', client_secret: 'secret-of-the-forged-client-which-is-long' }
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Starts one. Its page at `/authorize` answers at once with the code `any`, and remembers the nonce. */
export async function startForgingProvider(): Promise<ForgingProvider> {
  const [published, other] = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ]
  const jwk = { ...published.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' }
  let forgery: Forgery = {}
  let nonce = ''
  const server = await loopbackHttp((request, response) => {
    const at = new URL(request.url ?? '/', `http://${server.host}`)
    if (at.pathname === '/authorize') {
      nonce = at.searchParams.get('nonce') ?? ''
      const back = new URL(at.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', 'any')
      back.searchParams.set('state', at.searchParams.get('state') ?? '')
      return response.writeHead(302, { location: back.href }).end()
    }
    const answer = { '/jwks': { keys: [jwk] }, '/token': tokenAnswer() }[at.pathname] ?? metadata()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  const url = `http://${server.host}`
  const metadata = () => ({
    issuer: forgery.issuer ?? url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
  })
  const tokenAnswer = () => {
    const now = Math.floor(Date.now() / 1000)
    const honest = { iss: url, aud: CLIENT.client_id, sub: 'alice', iat: now, exp: now + 300, nonce }
    const person = { email: 'alice@acme.test', email_verified: true, name: 'Alice' }
    const claims = { ...honest, ...person, ...forgery.claims }
    const body = `${base64({ alg: 'ES256', kid: 'one', ...forgery.header })}.${base64(claims)}`
    const key = forgery.signed === 'by another key' ? other.privateKey : published.privateKey
    return { access_token: 'any', token_type: 'Bearer', id_token: `${body}.${signatureOf(body, forgery.signed, key)}` }
  }
  return {
    server,
    url,
    client: CLIENT,
    forge(wanted) {
      forgery = wanted
    },
  }
}

function signatureOf(body: string, signed: Forgery['signed'], key: KeyObject): string {
  if (signed === 'not at all') return ''
  if (signed === 'with the client secret')
    return createHmac('sha256', CLIENT.client_secret).update(body).digest('base64url')
  return sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}
