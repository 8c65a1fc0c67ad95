import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import type { CrmClient, CrmData } from './crm-data.ts'
import { hashToken } from './oauth-adapter.ts'
import type { Store } from './store.ts'

const Client = z.strictObject({
  client_name: z.string().min(1).max(120),
  client_secret: z.string().min(16).max(200),
  redirect_uris: z.array(z.url()).max(1000),
})

const RedirectUri = z.strictObject({ redirect_uri: z.url() })

/**
 * Registering applications over HTTP, for a script that holds the administration token given at start:
 * `PUT /admin/clients/:id` writes one whole, `POST /admin/clients/:id/redirect_uris` adds one callback URL. Without a token there is no such thing.
 */
export function adminRoutes({ store, adminToken }: { store: Store<CrmData>; adminToken: string | null }): Hono {
  const app = new Hono()
  app.use('/admin/*', async (c, next) => {
    const given = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
    if (!adminToken || !given || !equal(given, adminToken)) return c.json({ error: 'unauthorized' }, 401)
    return next()
  })
  app.put('/admin/clients/:id{[A-Za-z0-9][A-Za-z0-9._-]{0,99}}', async (c) => {
    const client = Client.safeParse(await c.req.json().catch(() => null))
    if (!client.success) return c.json({ error: z.prettifyError(client.error) }, 400)
    await putClient(store, { client_id: c.req.param('id'), ...client.data })
    return c.json({ client_id: c.req.param('id') })
  })
  app.post('/admin/clients/:id/redirect_uris', async (c) => {
    const body = RedirectUri.safeParse(await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: z.prettifyError(body.error) }, 400)
    const known = await addRedirectUri(store, c.req.param('id'), body.data.redirect_uri)
    return known ? c.json({ client_id: c.req.param('id') }) : c.json({ error: 'no such client' }, 404)
  })
  return app
}

/** Registers an application, or replaces its registration. Grants it has stay. */
export async function putClient(store: Store<CrmData>, client: CrmClient): Promise<void> {
  store.data.clients[client.client_id] = structuredClone(client)
  await store.saved()
}

/** Lets an application be answered at one more address. False when there is no such application. */
export async function addRedirectUri(store: Store<CrmData>, clientId: string, uri: string): Promise<boolean> {
  if (!Object.hasOwn(store.data.clients, clientId)) return false
  const client = store.data.clients[clientId]!
  if (!client.redirect_uris.includes(uri)) client.redirect_uris.push(uri)
  await store.saved()
  return true
}

function equal(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(a)), Buffer.from(hashToken(b)))
}
