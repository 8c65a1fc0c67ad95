import { readFile, stat } from 'node:fs/promises'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { sql } from 'kysely'
import { apiRoutes } from '#api/app.ts'
import { connectRoutes } from '#asking/routes.ts'
import { PAGE_STYLE, PAGE_STYLE_PATH } from '#core/html-page.ts'
import { linkedToCaller } from '#core/trace.ts'
import { answerError } from './answer-error.ts'
import { clientAddress } from './client-address.ts'
import { webhookRoutes } from './webhook-routes.ts'
import type { Wired } from './wire.ts'

const CONSOLE = new URL('../../console/dist/', import.meta.url)

const CONSOLE_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

/** Every route the server has, from one `Request` to one `Response`. */
export function httpApp({ ctx, surfaceRoutes }: Pick<Wired, 'ctx' | 'surfaceRoutes'>, trustedProxies: number): Hono {
  const app = new Hono()
  app.onError((error, c) => answerError(ctx, c, error))
  app.use(securityHeaders)
  app.get('/health', (c) => health(c, ctx))
  app.use(clientAddress(trustedProxies))
  app.use(refuseOtherHosts(ctx.publicUrl))
  app.use(refuseCrossSite(ctx.publicUrl))
  app.use((c, next) => linkedToCaller(ctx, c.req.header('traceparent'), next))
  app.get(PAGE_STYLE_PATH, (c) =>
    c.body(PAGE_STYLE, 200, { 'content-type': 'text/css', 'cache-control': 'max-age=3600' }),
  )
  for (const { path, routes } of surfaceRoutes) app.route(path, routes)
  app.route('/', connectRoutes(ctx))
  app.route('/hooks', webhookRoutes(ctx))
  app.route('/api', apiRoutes(ctx))
  app.get('/assets/*', serveStatic({ root: new URL('.', CONSOLE).pathname, onFound: keepForever }))
  app.get('/*', serveConsole)
  return app
}

/** All that a process answers which only runs jobs. */
export function healthApp({ ctx }: Pick<Wired, 'ctx'>): Hono {
  const app = new Hono()
  app.onError((error, c) => answerError(ctx, c, error))
  app.get('/health', (c) => health(c, ctx))
  return app
}

const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('x-content-type-options', 'nosniff')
  for (const [name, value] of [
    ['x-frame-options', 'DENY'],
    // why: under `no-referrer` browsers send `Origin: null` with a form, which would be refused as another site's.
    ['referrer-policy', 'same-origin'],
    ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ['cross-origin-opener-policy', 'same-origin'],
  ] as const)
    if (!c.res.headers.has(name)) c.header(name, value)
}

async function health(c: Context, ctx: Wired['ctx']): Promise<Response> {
  await sql`select 1`.execute(ctx.db)
  return c.json({ status: 'ok' })
}

/**
 * Under another name than PUBLIC_URL's, cookies and links would be another origin's, and a page of somebody else's whose name was pointed
 * at us could read what we answer (DNS rebinding): people are sent to the right name, everything else is refused.
 */
function refuseOtherHosts(publicUrl: URL): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.header('host') === publicUrl.host) return next()
    const { pathname, search } = new URL(c.req.url)
    if (c.req.method === 'GET' && !pathname.startsWith('/api/'))
      return c.redirect(new URL(pathname + search, publicUrl).href)
    return c.text(`This server is reached at ${publicUrl.origin} (PUBLIC_URL).`, 421)
  }
}

/**
 * Whatever a browser's cookie can reach and that changes something comes from our own pages. Browsers send `Origin` with every such
 * request; a request without it and without a cookie is a program's, and is decided by its own credential.
 */
function refuseCrossSite(publicUrl: URL): MiddlewareHandler {
  return async (c, next) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return next()
    const origin = c.req.header('origin')
    const sameSite = origin === undefined ? c.req.header('cookie') === undefined : origin === publicUrl.origin
    if (sameSite || c.req.path.startsWith('/hooks/')) return next()
    return c.json(
      { error: { code: 'cross_site_refused', message: 'This request came from another site, and was refused.' } },
      403,
    )
  }
}

const keepForever = (_path: string, c: Context): void => {
  c.header('cache-control', 'public, max-age=31536000, immutable')
}

/** The browser application, for every address that is nobody else's. */
async function serveConsole(c: Context): Promise<Response> {
  const index = new URL('index.html', CONSOLE)
  const built = await stat(index).catch(() => undefined)
  if (!built) return c.text('The console is not built. Start Behalf with npm start, which builds it.', 503)
  c.header('content-security-policy', CONSOLE_POLICY)
  c.header('cache-control', 'no-cache')
  return c.html(await readFile(index, 'utf8'))
}
