import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CommandsContext } from '#commands/context.ts'
import { cookieOf, identifySession } from '#commands/identify.ts'
import { type BrowserFacts, isSetUp, returnPath, setUp, signInByPassword } from '#commands/sign-in.ts'
import { finishProviderSignIn, listSignInButtons, startProviderSignIn } from '#commands/sign-in-with-provider.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import { ownPasswordPage, setUpPage, signInPage } from './sign-in-pages.ts'

/** The server-rendered sign-in page, and the first-run page that makes the owner. They work without script. */
export function signInRoutes(ctx: CommandsContext): Hono {
  const routes = new Hono()
  routes.get('/sign-in', (c) => showSignIn(ctx, c))
  routes.post('/sign-in', (c) => answerSignIn(ctx, c))
  routes.get('/sign-in/with/:provider', (c) => leaveForProvider(ctx, c, c.req.param('provider')))
  routes.get('/sign-in/callback/:provider', (c) => comeFromProvider(ctx, c, c.req.param('provider')))
  routes.get('/welcome', (c) => showSetUp(ctx, c))
  routes.post('/welcome', (c) => answerSetUp(ctx, c))
  return routes
}

async function showSignIn(ctx: CommandsContext, c: Context): Promise<Response> {
  if (!(await isSetUp(ctx))) return c.redirect('/welcome', 303)
  const next = returnPath(ctx, c.req.query('next'))
  const token = getCookie(c, cookieOf(ctx).name)
  if (token && (await identifySession(ctx, token))) return c.redirect(next, 303)
  return sendSignInPage(ctx, c, { next, email: '', problem: null })
}

async function answerSignIn(ctx: CommandsContext, c: Context): Promise<Response> {
  const form = await readForm(c)
  const next = returnPath(ctx, c.req.query('next'))
  try {
    const { email = '', password = '', new_password: newPassword = null } = form
    return signedIn(ctx, c, await signInByPassword(ctx, { email, password, newPassword }, browserOf(c)), next)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const isToChoose = error.code === 'password_not_their_own' || error.code === 'weak_password'
    const page = { next, email: form.email ?? '', problem: error.message }
    return isToChoose
      ? sendPage(c, await ownPasswordPage(page), error.status)
      : sendSignInPage(ctx, c, page, error.status)
  }
}

async function sendSignInPage(
  ctx: CommandsContext,
  c: Context,
  page: { next: string; email: string; problem: string | null },
  status: UserError['status'] | 200 | 502 = 200,
): Promise<Response> {
  return sendPage(c, await signInPage({ ...page, providers: await listSignInButtons(ctx) }), status)
}

// --- at a provider ------------------------------------------------------------------------------------------------------

/** A link, and no form: the page's policy would have to name every provider's address for a form to be redirected there. */
async function leaveForProvider(ctx: CommandsContext, c: Context, providerId: string): Promise<Response> {
  const next = returnPath(ctx, c.req.query('next'))
  return withProblems(ctx, c, next, async () => {
    const trip = await startProviderSignIn(ctx, { providerId, returnTo: next }, browserOf(c))
    const { name, options } = tripCookie(ctx)
    setCookie(c, name, trip.browserToken, { ...options, maxAge: trip.lifeSeconds })
    c.header('referrer-policy', 'no-referrer')
    return c.redirect(trip.url.href, 303)
  })
}

async function comeFromProvider(ctx: CommandsContext, c: Context, providerId: string): Promise<Response> {
  return withProblems(ctx, c, '/', async () => {
    const { name, options } = tripCookie(ctx)
    const answer = { providerId, query: new URL(c.req.url).searchParams, browserToken: getCookie(c, name) }
    const { token, returnTo } = await finishProviderSignIn(ctx, answer, browserOf(c))
    deleteCookie(c, name, { path: options.path, secure: options.secure })
    return signedIn(ctx, c, token, returnPath(ctx, returnTo))
  })
}

/** What keeps a trip to a provider in the browser that began it. Lax, because the browser comes back from another site with it. */
function tripCookie(ctx: CommandsContext) {
  const secure = ctx.publicUrl.protocol === 'https:'
  const name = secure ? '__Host-behalf-sign-in' : 'behalf-sign-in'
  return { name, options: { httpOnly: true, sameSite: 'Lax', secure, path: '/' } } as const
}

async function withProblems(
  ctx: CommandsContext,
  c: Context,
  next: string,
  run: () => Promise<Response>,
): Promise<Response> {
  try {
    return await run()
  } catch (error) {
    const isOurs = error instanceof UserError || error instanceof OutsideError
    if (!isOurs) throw error
    const status = error instanceof UserError ? error.status : 502
    return sendSignInPage(ctx, c, { next, email: '', problem: error.message }, status)
  }
}

// --- the first run ------------------------------------------------------------------------------------------------------

async function showSetUp(ctx: CommandsContext, c: Context): Promise<Response> {
  if (await isSetUp(ctx)) return c.redirect('/sign-in', 303)
  return sendPage(c, await setUpPage({ form: { setup_code: c.req.query('with') ?? '' }, problem: null }))
}

async function answerSetUp(ctx: CommandsContext, c: Context): Promise<Response> {
  const form = await readForm(c)
  try {
    const wanted = {
      setupCode: form.setup_code ?? '',
      workspaceName: form.workspace ?? '',
      ownerName: form.name ?? '',
      email: form.email ?? '',
      password: form.password ?? '',
    }
    return signedIn(ctx, c, await setUp(ctx, wanted, browserOf(c)), '/recipes')
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return sendPage(c, await setUpPage({ form, problem: error.message }), error.status)
  }
}

/** A new session's token at every sign-in, whatever cookie the browser brought. */
function signedIn(ctx: CommandsContext, c: Context, token: string, next: string): Response {
  const { name, options } = cookieOf(ctx)
  setCookie(c, name, token, options)
  return c.redirect(next, 303)
}

async function readForm(c: Context): Promise<Record<string, string>> {
  const body = await c.req.parseBody()
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function browserOf(c: Context): BrowserFacts {
  return { userAgent: c.req.header('user-agent') ?? null, ip: c.get('clientAddress') ?? '' }
}

function sendPage(c: Context, page: string, status: UserError['status'] | 200 | 502 = 200): Response {
  c.header(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  )
  c.header('cache-control', 'no-store')
  return c.html(page, status)
}
