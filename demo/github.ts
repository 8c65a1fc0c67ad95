import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator } from 'emulate'
import { openStore, type Store } from './crm/store.ts'

export interface GitHubOptions {
  /** 0, the default, takes any free port of 127.0.0.1. */
  port?: number
  /** Where issued tokens are kept. Everything else (issues, comments) begins anew at every start. */
  dataFile?: string | null
  client: {
    client_id: string
    client_secret: string
    name: string
    /** More can be added while it runs. */
    redirect_uris: string[]
  }
}

/** A running GitHub. What is not HTTP is for tests in the same process. */
export interface GitHub {
  url: string
  stop(): Promise<void>
  /** Lets the application be answered at one more address. */
  addRedirectUri(uri: string): void
  /** Requests to the API since start: method, path, and whose token was sent (`alice`), null without a living one. */
  readonly requests: readonly { method: string; path: string; person: string | null; status: number }[]
  /** Every token of this person (`alice`) is dead; how many there were. */
  revokeTokensOf(person: string): Promise<number>
  /** The next `n` requests to the API are answered with `status` and do nothing. */
  failNext(n: number, status: number, headers?: Record<string, string>): void
}

/** Tokens in clear: this is an emulated town, and the emulator must be told them again at every start. */
interface Issued {
  tokens: Record<string, { login: string; scopes: string[] }>
}

const PEOPLE = [
  { login: 'alice', name: 'Alice Ng' },
  { login: 'bob', name: 'Bob Ortiz' },
  { login: 'carol', name: 'Carol Diaz' },
]

/**
 * Starts `emulate`'s GitHub on 127.0.0.1 behind a door of our own, with Alice, Bob and Carol and the repository `acme/website`, to which all may write.
 * why a door: the emulator takes an unknown token for its first user's, so that a dead token would act as Alice; the door answers 401 as GitHub
 * does. It also keeps the issued tokens, which the emulator would forget, and ends them when it is asked to, which the emulator does not.
 */
export async function startGitHub({ port = 0, dataFile = null, client }: GitHubOptions): Promise<GitHub> {
  const store = await openStore<Issued>(dataFile, () => ({ tokens: {} }))
  const redirect_uris = [...client.redirect_uris]
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const emulator = await startEmulator(url, store.data, { ...client, redirect_uris })
  const requests: GitHub['requests'][number][] = []
  const ordered: { status: number; headers: Record<string, string> }[] = []
  server.on('request', door({ client, emulatorPort: emulator.port, store, requests, ordered }))
  return {
    url,
    requests,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await Promise.all([closed, emulator.close(), store.saved()])
    },
    // The emulator holds on to the very array it was seeded with.
    addRedirectUri: (uri) => void redirect_uris.push(uri),
    revokeTokensOf: (person) => endTokensOf(store, person),
    failNext(n, status, headers = {}) {
      for (let i = 0; i < n; i++) ordered.push({ status, headers })
    },
  }
}

async function startEmulator(
  baseUrl: string,
  { tokens }: Issued,
  client: GitHubOptions['client'],
  tries = 5,
): Promise<{ port: number; close(): Promise<void> }> {
  // why: the emulator cannot say which free port it took when it is given another base URL. Somebody may take this one first.
  const port = await freePort()
  const github = {
    users: PEOPLE.map((person) => ({ ...person, email: `${person.login}@acme.test` })),
    orgs: [{ login: 'acme', name: 'Acme', members: PEOPLE.map(({ login }) => ({ login, role: 'admin' })) }],
    repos: [{ owner: 'acme', name: 'website', description: 'The shop window of Acme', auto_init: true }],
    oauth_apps: [client],
  }
  try {
    const emulator = await createEmulator({ service: 'github', port, baseUrl, seed: { tokens, github } })
    return { port, close: () => emulator.close() }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 1) throw error
    return startEmulator(baseUrl, { tokens }, client, tries - 1)
  }
}

interface DoorContext {
  client: GitHubOptions['client']
  emulatorPort: number
  store: Store<Issued>
  requests: GitHub['requests'][number][]
  ordered: { status: number; headers: Record<string, string> }[]
}

function door({ client, emulatorPort, store, requests, ordered }: DoorContext) {
  return async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const path = incoming.url ?? '/'
    const isApi = !/^\/(login|settings|_emulate|logout)\b/.test(path)
    const given = /^(?:Bearer|token) (.+)$/i.exec(incoming.headers.authorization ?? '')?.[1]
    const person = given ? (store.data.tokens[given]?.login ?? null) : null
    const fault = isApi ? ordered.shift() : undefined
    if (isApi) {
      outgoing.on('finish', () =>
        requests.push({ method: incoming.method ?? '', path, person, status: outgoing.statusCode }),
      )
    }
    if (fault) return answer(outgoing, fault.status, { message: 'Ordered by a test.' }, fault.headers)
    if (given && !person) return answer(outgoing, 401, { message: 'Bad credentials', status: '401' })
    if (incoming.method === 'DELETE' && GRANT.test(path)) return revoke({ client, store }, incoming, outgoing)
    return forward({ emulatorPort, store }, incoming, outgoing)
  }
}

const GRANT = /^\/applications\/([^/]+)\/grant$/

// What the emulator lacks: https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-authorization
async function revoke(
  { client, store }: Pick<DoorContext, 'client' | 'store'>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')
  const ofClient = GRANT.exec(incoming.url ?? '')?.[1] === client.client_id
  if (!ofClient || incoming.headers.authorization !== `Basic ${basic}`) return answer(outgoing, 404, NOT_FOUND)
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { access_token } = JSON.parse(Buffer.concat(chunks).toString()) as { access_token: string }
  const owner = store.data.tokens[access_token]?.login
  if (!owner) return answer(outgoing, 404, NOT_FOUND)
  await endTokensOf(store, owner)
  outgoing.writeHead(204).end()
}

const NOT_FOUND = { message: 'Not Found', status: '404' }

async function endTokensOf(store: Store<Issued>, person: string): Promise<number> {
  const theirs = Object.keys(store.data.tokens).filter((token) => store.data.tokens[token]?.login === person)
  for (const token of theirs) delete store.data.tokens[token]
  await store.saved()
  return theirs.length
}

function answer(outgoing: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  outgoing.end(JSON.stringify(body))
}

async function forward(
  { emulatorPort, store }: Pick<DoorContext, 'emulatorPort' | 'store'>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method, url, headers } = incoming
  const inner = httpRequest({ host: '127.0.0.1', port: emulatorPort, method, path: url, headers }, async (response) => {
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    if (url?.startsWith('/login/oauth/access_token')) await keepToken(emulatorPort, store, body.toString())
    outgoing.writeHead(response.statusCode ?? 502, response.headers)
    outgoing.end(body)
  })
  inner.on('error', () => answer(outgoing, 502, { message: 'The emulator does not answer' }))
  incoming.pipe(inner)
}

// The token response does not say whose token it is: its own API does.
async function keepToken(emulatorPort: number, store: Store<Issued>, body: string): Promise<void> {
  const response = body.startsWith('{') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
  if (!response.access_token) return
  const user = await fetch(`http://127.0.0.1:${emulatorPort}/user`, {
    headers: { authorization: `Bearer ${response.access_token}` },
  })
  const { login } = (await user.json()) as { login: string }
  store.data.tokens[response.access_token] = {
    login,
    scopes: String(response.scope ?? '')
      .split(/[,\s]+/)
      .filter(Boolean),
  }
  await store.saved()
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
