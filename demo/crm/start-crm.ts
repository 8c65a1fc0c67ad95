import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type Provider from 'oidc-provider'
import { putClient } from './admin.ts'
import { createAuthorizationServer, type OAuthCounts } from './authorization-server.ts'
import { type CrmClient, type CrmData, emptyCrmData } from './crm-data.ts'
import { type CrmHooks, crmHooks } from './crm-hooks.ts'
import { type CrmPlace, createFaults } from './faults.ts'
import type { RestRequest } from './rest/rest-routes.ts'
import { addSampleData } from './sample-data.ts'
import { openStore, type Store } from './store.ts'
import { webRoutes } from './web.ts'

export interface CrmOptions {
  /** 0, the default, takes any free port of 127.0.0.1. */
  port?: number
  /** Where everything is kept; without it nothing outlives the process. */
  dataFile?: string | null
  /** The origin browsers and clients use; by default where it listens. */
  publicUrl?: string
  /** Applications registered at start; their callback URLs join those already kept. */
  clients?: CrmClient[]
  /** Guards `/admin`; without it `/admin` refuses everyone. */
  adminToken?: string | null
  /** Default 900. */
  accessTokenSeconds?: number
  /** Puts `expires_in` into token responses, which Salesforce does not. Default false. */
  sendExpiresIn?: boolean
  /** Default true. */
  pkceRequired?: boolean
  /** Every answer of the API, the token and the revocation endpoint comes this much later. Default 0. */
  delayMs?: number
  /** A few customers and opportunities, when there are none. Default false. */
  sampleData?: boolean
}

/** A running CRM. */
export interface Crm extends CrmHooks {
  /** The origin browsers and clients use. */
  url: string
  /** Stops listening and cuts open connections; what was answered is kept. */
  stop(): Promise<void>
}

const LONGEST_LOG = 100_000

/** Starts Acme CRM, an emulated Salesforce, on 127.0.0.1. Rejects when the port is taken or the data file cannot be read. */
export async function startCrm(options: CrmOptions = {}): Promise<Crm> {
  const store = await openStore<CrmData>(options.dataFile ?? null, emptyCrmData)
  if (options.sampleData) addSampleData(store.data, Date.now())
  for (const client of options.clients ?? []) await registerAtStart(store, client)
  await store.saved()

  const server = createServer()
  const listensAt = await listen(server, options.port ?? 0)
  const origin = new URL(options.publicUrl ?? listensAt).origin
  const faults = createFaults<CrmPlace>(options.delayMs)
  const counts: OAuthCounts = { tokenRequests: {}, revocations: 0 }
  const requests: RestRequest[] = []
  const provider = createAuthorizationServer({
    origin,
    store,
    faults,
    counts,
    accessTokenSeconds: options.accessTokenSeconds ?? 900,
    sendExpiresIn: options.sendExpiresIn ?? false,
    pkceRequired: options.pkceRequired ?? true,
  })
  const record = (request: RestRequest) => {
    requests.push(request)
    if (requests.length > LONGEST_LOG) requests.shift()
  }
  const web = webRoutes({ origin, provider, store, faults, counts, record, adminToken: options.adminToken ?? null })
  server.on('request', listener(origin, provider, web))
  // why: assigned, not spread, because a spread would freeze the getters at their first values.
  return Object.assign(crmHooks({ store, faults, counts, requests }), { url: origin, stop: () => stop(server, store) })
}

const PROVIDER_PATHS = /^\/(services\/oauth2\/(authorize|token)|\.well-known\/|id\/keys)/

function listener(origin: string, provider: Provider, web: Hono<{ Bindings: HttpBindings }>) {
  const oauth = provider.callback()
  const pages = getRequestListener(web.fetch)
  const { host, protocol } = new URL(origin)
  return (request: IncomingMessage, response: ServerResponse) => {
    request.headers.host = host
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    if (!PROVIDER_PATHS.test(request.url ?? '')) return void pages(request, response)
    // why: Salesforce knows S256 only, and its clients (jsforce among them) leave the method out.
    if (/[?&]code_challenge=/.test(request.url!) && !request.url!.includes('code_challenge_method=')) {
      request.url += '&code_challenge_method=S256'
    }
    void oauth(request, response)
  }
}

async function registerAtStart(store: Store<CrmData>, client: CrmClient): Promise<void> {
  const kept = store.data.clients[client.client_id]?.redirect_uris ?? []
  await putClient(store, { ...client, redirect_uris: [...new Set([...kept, ...client.redirect_uris])] })
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}

async function stop(server: Server, store: Store<CrmData>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
  await store.saved()
}
