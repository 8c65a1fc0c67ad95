import { createHmac } from 'node:crypto'
import type { TestBehalf } from './behalf.ts'
import { type Browser, openBrowser, type Page } from './browser.ts'
import { type Loopback, loopbackHttp } from './loopback.ts'
import { consentAt, pressConnect } from './trip.ts'

/** A notice as a product received it. */
export interface ReceivedNotice {
  signature: string
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: asserted on, field by field
  body: any
}

/** The web server of a product: browsers come back to `/back`, notices to `/notices`. */
export interface ProductServer {
  host: string
  origin: string
  notices: ReceivedNotice[]
  /** What the next notices are answered with, one status each; then 204. */
  answers: number[]
  stop(): Promise<void>
}

export async function startProductServer(): Promise<ProductServer> {
  const notices: ReceivedNotice[] = []
  const answers: number[] = []
  const server: Loopback = await loopbackHttp((request, response, text) => {
    if (request.url !== '/notices') return void response.end('Back at the product')
    notices.push({ signature: String(request.headers['behalf-signature']), text, body: JSON.parse(text) })
    response.writeHead(answers.shift() ?? 204).end()
  })
  const stop = async () => server[Symbol.asyncDispose]()
  return { host: server.host, origin: `http://${server.host}`, notices, answers, stop }
}

/** A product with a namespace and a key of its own. */
export interface Product {
  id: string
  secret: string
  /** One request by its key. */
  api(method: string, path: string, body?: unknown): Promise<Answer>
  /** Another key of the same namespace, or one of nobody's. */
  newKey(privileges?: string[]): Promise<(method: string, path: string, body?: unknown) => Promise<Answer>>
}

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is asserted on, field by field
export type Answer = { status: number; body: any }

export async function addProduct(
  behalf: TestBehalf,
  { origin }: Pick<ProductServer, 'origin'>,
  name: string,
): Promise<Product> {
  const wanted = { name, origins: [origin], redirect_url: `${origin}/back?of=${name}` }
  const made = await behalf.owner.api('POST', '/namespaces', wanted)
  if (made.status !== 201) throw new Error(`no namespace: ${JSON.stringify(made.body)}`)
  const { id, signing_secret: secret } = made.body.data
  const newKey = async (privileges = ['recipes.run']) => {
    const key = await behalf.owner.api('POST', '/api_keys', { name, privileges, namespace_id: id })
    if (key.status !== 201) throw new Error(`no key: ${JSON.stringify(key.body)}`)
    return callerWith(behalf, key.body.data.token)
  }
  return { id, secret, api: await newKey(), newKey }
}

/** Calls the API with this key. */
export function callerWith(behalf: TestBehalf, token: string): Product['api'] {
  return async (method, path, body) => {
    const response = await fetch(new URL(`/api${path}`, behalf.url), {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
}

/** What the browser brought back to the product. */
export interface Brought {
  page: Page
  completion: string
  connectionId: string
}

/** Opens a link in a browser, connects at the CRM as somebody, and comes back to the product. */
export async function connectInBrowser(link: string, as: string, browser: Browser = openBrowser()): Promise<Brought> {
  const callback = await consentAt(browser, await pressConnect(browser, link), as)
  return broughtBy(await browser.open(callback))
}

/** What is in the address a browser came back to. */
export function broughtBy(page: Page): Brought {
  const { searchParams } = new URL(page.url)
  return {
    page,
    completion: searchParams.get('completion') ?? '',
    connectionId: searchParams.get('connection_id') ?? '',
  }
}

/** Whether a notice was signed with this secret, as docs/embedding.md tells products to find out. */
export function isSigned({ signature, text }: ReceivedNotice, secret: string): boolean {
  const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  return mac === createHmac('sha256', secret).update(`${time}.${text}`).digest('hex')
}
