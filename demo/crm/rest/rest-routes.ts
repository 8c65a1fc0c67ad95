import { type Context, Hono } from 'hono'
import type Provider from 'oidc-provider'
import { findCaller } from '../access-token.ts'
import type { CrmData } from '../crm-data.ts'
import type { CrmPlace, Faults } from '../faults.ts'
import { hashToken } from '../oauth-adapter.ts'
import type { Store } from '../store.ts'
import { identityUrl } from '../token-response.ts'
import { describeGlobal } from './describe.ts'
import { runQuery } from './query.ts'
import { recordRoutes } from './record-routes.ts'
import { type Env, readJson, version } from './rest-call.ts'
import { malformedQuery, notFound, SalesforceError } from './salesforce-error.ts'
import { parseParameterizedSearch, parseSosl, runSearch } from './search.ts'

/** One request to the REST API, as the log for tests keeps it. */
export interface RestRequest {
  at: Date
  method: string
  path: string
  /** `alice`; null when the token was missing or dead. */
  person: string | null
  /** Names the access token that was sent without being it; null when there was none. */
  tokenHash: string | null
  status: number
}

interface RestContext {
  origin: string
  provider: Provider
  store: Store<CrmData>
  faults: Faults<CrmPlace>
  record(request: RestRequest): void
}

/** Salesforce's REST API below `/services/data`, for any API version, as the person whose token is sent. */
export function restRoutes(context: RestContext): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/services/data', (c) => c.json([{ label: "Winter '25", url: '/services/data/v62.0', version: '62.0' }]))
  app.use('/services/data/:version{v\\d+\\.0}/*', observe(context), authenticate(context))
  app.route('/services/data/:version{v\\d+\\.0}', resources(context))
  app.onError((error, c) => {
    if (error instanceof SalesforceError) return c.json(error.body, error.status as 400)
    throw error
  })
  return app
}

function observe({ faults, record }: RestContext) {
  return async (c: Context<Env>, next: () => Promise<void>) => {
    const fault = await faults.meet('rest')
    if (fault) {
      c.res = c.json(new SalesforceError(fault.status, 'SERVER_UNAVAILABLE', 'Ordered by a test.').body, {
        status: fault.status as 503,
        headers: fault.headers,
      })
    } else await next()
    if (faults.takeDrop('rest')) c.env.incoming.socket.destroy()
    const token = c.req.header('authorization')?.split(' ')[1]
    record({
      at: new Date(),
      method: c.req.method,
      path: c.req.path,
      person: c.get('caller')?.person.key ?? null,
      tokenHash: token ? hashToken(token) : null,
      status: c.res.status,
    })
  }
}

function authenticate({ provider }: RestContext) {
  return async (c: Context<Env>, next: () => Promise<void>) => {
    const caller = await findCaller(provider, c.req.header('authorization'))
    if (!caller) throw new SalesforceError(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
    c.set('caller', caller)
    if (!caller.scopes.has('api')) {
      throw new SalesforceError(403, 'INSUFFICIENT_SCOPE', 'This session is not valid for use with the REST API')
    }
    await next()
  }
}

function resources({ origin, store }: RestContext): Hono<Env> {
  const { data } = store
  const app = new Hono<Env>()
  app.get('/', (c) => {
    const base = c.req.path.replace(/\/$/, '')
    const names = ['sobjects', 'query', 'search', 'parameterizedSearch', 'limits']
    const identity = identityUrl(origin, c.get('caller').person.userId)
    return c.json({ ...Object.fromEntries(names.map((name) => [name, `${base}/${name}`])), identity })
  })
  app.get('/limits', (c) => c.json({ DailyApiRequests: { Max: 100_000, Remaining: 100_000 } }))
  app.get('/query', (c) => {
    const soql = c.req.query('q')
    if (!soql) throw malformedQuery('A query string has to be specified')
    return c.json(runQuery(data, soql, version(c)))
  })
  app.get('/search', (c) => c.json(runSearch(data, parseSosl(c.req.query('q') ?? ''), version(c))))
  app.get('/parameterizedSearch', (c) => c.json(runSearch(data, parseParameterizedSearch(c.req.query()), version(c))))
  app.post('/parameterizedSearch', async (c) =>
    c.json(runSearch(data, parseParameterizedSearch(await readJson(c)), version(c))),
  )
  app.get('/sobjects', (c) => c.json(describeGlobal(version(c))))
  app.route('/sobjects/:type', recordRoutes(store))
  app.all('*', () => {
    throw notFound()
  })
  return app
}
