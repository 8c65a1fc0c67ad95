import { Hono } from 'hono'
import type Provider from 'oidc-provider'
import type { OAuthCounts } from './authorization-server.ts'
import type { CrmData } from './crm-data.ts'
import type { CrmPlace, Faults } from './faults.ts'
import { endGrant } from './oauth-adapter.ts'
import type { Store } from './store.ts'

interface RevokeContext {
  provider: Provider
  store: Store<CrmData>
  faults: Faults<CrmPlace>
  counts: OAuthCounts
}

/**
 * RFC 7009 as Salesforce has it: an access or a refresh token, whichever is sent, ends the whole grant; a client may authenticate
 * but need not, because holding the token is proof enough. An unknown token is answered 200; a wrong secret, or another client's token, is refused.
 */
export function revokeRoutes({ provider, store, faults, counts }: RevokeContext): Hono {
  return new Hono().post('/services/oauth2/revoke', async (c) => {
    const fault = await faults.meet('revoke')
    if (fault) return c.json({ error: 'temporarily_unavailable' }, fault.status as 503, fault.headers)
    const form = await c.req.parseBody()
    const caller = readClient(c.req.header('authorization'), form)
    if (caller && store.data.clients[caller.id]?.client_secret !== caller.secret) {
      return c.json({ error: 'invalid_client', error_description: 'invalid client credentials' }, 401)
    }
    if (typeof form.token !== 'string') {
      return c.json({ error: 'invalid_request', error_description: 'missing token' }, 400)
    }
    const token = (await provider.RefreshToken.find(form.token)) ?? (await provider.AccessToken.find(form.token))
    if (!token?.grantId) return c.body(null, 200)
    if (caller && token.clientId !== caller.id) return c.json({ error: 'unauthorized_client' }, 400)
    endGrant(store.data.oauth, token.grantId)
    await store.saved()
    counts.revocations++
    return c.body(null, 200)
  })
}

function readClient(authorization: string | undefined, form: Record<string, unknown>) {
  const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1]
  if (basic) {
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
    return { id, secret }
  }
  if (typeof form.client_secret !== 'string') return null
  return { id: String(form.client_id), secret: form.client_secret }
}
