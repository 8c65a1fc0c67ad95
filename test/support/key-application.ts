import { type Loopback, loopbackHttp } from './loopback.ts'

/** An application that gives its people API keys, and takes user names with passwords too. */
export interface KeyApplication extends Loopback {
  url: string
  /** Keys by whose they are; also their passwords. */
  keys: Map<string, string>
  /** Every request that came, oldest first, and whose credential it carried. */
  requests: { method: string; path: string; person: string | null }[]
  /** What was put into `/notes`, with whose credential. */
  notes: { person: string; note: unknown }[]
  /** The next answers have this status and nothing else. */
  failNext(count: number, status: number): void
}

/** Starts it on 127.0.0.1: `/me`, `/notes` and `/echo`, which tells the whole request, credential and all. */
export async function startKeyApplication(): Promise<KeyApplication> {
  const keys = new Map([
    ['alice', 'key-of-alice-9f31c07aa1'],
    ['bob', 'key-of-bob-77d2e01bb2'],
  ])
  const requests: KeyApplication['requests'] = []
  const notes: KeyApplication['notes'] = []
  let failing = { count: 0, status: 500 }
  const server = await loopbackHttp((request, response, body) => {
    const url = new URL(request.url ?? '', 'http://acme.test')
    const key = keyOf(request.headers, url)
    const person = [...keys].find(([, value]) => value === key)?.[0] ?? null
    requests.push({ method: request.method ?? '', path: url.pathname, person })
    const answer = (status: number, json: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', link: `<${request.url}>; rel="next"` })
      response.end(JSON.stringify(json))
    }
    if (failing.count > 0) {
      failing.count -= 1
      return answer(failing.status, { message: `no, ${key}` })
    }
    if (!person) return answer(401, { message: `no such key: ${key}` })
    if (url.pathname === '/me') return answer(200, { user: { email: `${person}@acme.test` } })
    if (url.pathname === '/echo') return answer(200, { url: request.url, headers: request.headers })
    if (request.method === 'POST') notes.push({ person, note: JSON.parse(body) })
    answer(200, { notes })
  })
  const failNext = (count: number, status: number) => {
    failing = { count, status }
  }
  return Object.assign(server, { url: `http://${server.host}`, keys, requests, notes, failNext })
}

function keyOf(headers: Record<string, unknown>, url: URL): string | undefined {
  const [, scheme, credential = ''] = /^(Basic|Bearer) (.+)$/.exec(String(headers.authorization ?? '')) ?? []
  if (scheme === 'Bearer') return credential
  const [user, password] = Buffer.from(credential, 'base64').toString().split(':')
  if (scheme === 'Basic') return password || user
  return (headers['x-api-key'] as string | undefined) ?? url.searchParams.get('api_key') ?? undefined
}
