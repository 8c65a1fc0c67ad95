// A product that embeds Behalf, in one file and with nothing but Node: what docs/embedding.md describes.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ProductSettings {
  /** Where Behalf is: `http://127.0.0.1:3000`. */
  behalf: string
  /** Of a key of the product's namespace, with the privilege to run recipes. */
  apiKey: string
  /** Shown when the namespace was made. */
  signingSecret: string
  parentId: string
  recipeId: string
}

/** The product's own web server. Its people sign in by `/sign-in?user=…`, which stands for whatever sign-in it really has. */
export function startProduct(port = 0): Promise<{ origin: string; server: Server }> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server })
    })
  })
}

/** What it answers, once its namespace is there. */
export function serve(server: Server, settings: ProductSettings): void {
  const sessions = new Map<string, string>()
  const pages: Record<string, (url: URL, user: string) => Promise<Page>> = {
    '/connect': (_url, user) => connect(settings, user),
    '/back': (url, user) => comeBack(settings, url, user),
    '/run': (url, user) => run(settings, url, user),
  }
  server.on('request', async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    if (url.pathname === '/notices') {
      const body = await read(request)
      const good = isFromBehalf(settings.signingSecret, String(request.headers['behalf-signature']), body)
      return void response.writeHead(good ? 204 : 400).end()
    }
    if (url.pathname === '/sign-in') {
      const session = randomBytes(32).toString('base64url')
      sessions.set(session, url.searchParams.get('user') ?? '')
      return void response.setHeader('set-cookie', `desk=${session}; HttpOnly; SameSite=Lax; Path=/`).end('Signed in')
    }
    const user = sessions.get(/(?:^|; )desk=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
    const page = pages[url.pathname]
    if (!user || !page) return void response.writeHead(user ? 404 : 401).end('Sign in first')
    const { status = 200, text, location } = await page(url, user)
    response
      .writeHead(location ? 303 : status, { 'content-type': 'text/html', ...(location && { location }) })
      .end(text)
  })
}

interface Page {
  status?: number
  text?: string
  location?: string
}

/** 1. The person wants to connect: Behalf makes them a connection, and a link for this browser. */
async function connect(settings: ProductSettings, user: string): Promise<Page> {
  const wanted = { parent_id: settings.parentId, external_id: user }
  const { data } = await call(settings, 'POST', '/connections/runtime_user_connections', wanted)
  return { location: data.url }
}

/**
 * 2. The browser is back, with a completion. Whose browser it is, nobody but the product can say, and it says so by its own session: never by
 * anything that came in the address.
 */
async function comeBack(settings: ProductSettings, url: URL, user: string): Promise<Page> {
  const completion = url.searchParams.get('completion')
  const path = `/connections/runtime_user_connections/${url.searchParams.get('connection_id')}/complete`
  const { data, error } = await call(settings, 'POST', path, { completion, external_id: user })
  if (error) return { status: 403, text: `Nothing was connected: ${error.message}` }
  return data.next_url ? { location: data.next_url } : { text: `The answer was: ${data.outcome}` }
}

/** 3. The recipe runs as this person; should they have to connect first, it waits and goes on by itself. */
async function run(settings: ProductSettings, url: URL, user: string): Promise<Page> {
  const wanted = { input: Object.fromEntries(url.searchParams), external_id: user }
  const { data, error } = await call(settings, 'POST', `/recipes/${settings.recipeId}/run`, wanted)
  if (error) return { status: 502, text: error.message }
  return data.connect_url ? { location: data.connect_url } : { text: `The job is: ${data.status}` }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the API, whose shapes its OpenAPI document has
async function call(settings: ProductSettings, method: string, path: string, body?: object): Promise<any> {
  const response = await fetch(`${settings.behalf}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return response.json()
}

/** 4. A notice is Behalf's when its signature is right, and new when it is not older than five minutes. */
export function isFromBehalf(secret: string, header: string, body: string, now = Date.now()): boolean {
  const [, time = '', mac = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? []
  const right = createHmac('sha256', secret).update(`${time}.${body}`).digest()
  const given = Buffer.from(mac, 'hex')
  return given.length === right.length && timingSafeEqual(given, right) && Math.abs(now / 1000 - Number(time)) < 300
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
