import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type Provider from 'oidc-provider'
import { findCaller } from './access-token.ts'
import { adminRoutes } from './admin.ts'
import type { OAuthCounts } from './authorization-server.ts'
import type { CrmData } from './crm-data.ts'
import type { CrmPlace, Faults } from './faults.ts'
import { identity, userInfo } from './identity.ts'
import { interactionRoutes } from './interaction.ts'
import { type RestRequest, restRoutes } from './rest/rest-routes.ts'
import { revokeRoutes } from './revoke.ts'
import { siteRoutes } from './site.ts'
import type { Store } from './store.ts'

export interface WebContext {
  origin: string
  provider: Provider
  store: Store<CrmData>
  faults: Faults<CrmPlace>
  counts: OAuthCounts
  record(request: RestRequest): void
  adminToken: string | null
}

/** Everything the CRM answers but the authorization server's own endpoints: pages, REST API, identity, revocation, administration. */
export function webRoutes(context: WebContext): Hono<{ Bindings: HttpBindings }> {
  const { origin, provider } = context
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (c, next) => {
    // why: browsers name the page a form was sent from; a form of another site must not press our buttons.
    const from = c.req.header('origin')
    if (c.req.method === 'POST' && from && from !== origin) return c.text('Cross-site request refused', 403)
    await next()
    c.header('x-frame-options', 'DENY')
  })
  app.get('/services/oauth2/userinfo', async (c) => {
    const caller = await findCaller(provider, c.req.header('authorization'))
    if (!caller) return c.text('Bad_OAuth_Token', 403)
    return c.json(userInfo(origin, caller.person, caller.accountId))
  })
  app.get('/id/:organization/:user', async (c) => {
    // jsforce sends the token in the query here, and Salesforce takes it.
    const inQuery = c.req.query('oauth_token')
    const caller = await findCaller(provider, inQuery ? `Bearer ${inQuery}` : c.req.header('authorization'))
    if (caller?.person.userId !== c.req.param('user')) return c.text('Bad_OAuth_Token', 403)
    return c.json(identity(origin, caller.person))
  })
  app.route('/', revokeRoutes(context))
  app.route('/', restRoutes(context))
  app.route('/', adminRoutes(context))
  app.route('/', interactionRoutes(context))
  app.route('/', siteRoutes(context))
  return app
}
