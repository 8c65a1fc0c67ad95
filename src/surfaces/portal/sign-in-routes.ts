import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { CommandsContext } from '#commands/context.ts'
import { cookieOf, identifySession } from '#commands/identify.ts'
import { type BrowserFacts, isSetUp, returnPath, setUp, signInByPassword } from '#commands/sign-in.ts'
import { UserError } from '#core/errors.ts'
import { setUpPage, signInPage } from './sign-in-pages.ts'

/** The server-rendered sign-in page, and the first-run page that makes the owner. They work without script. */
export function signInRoutes(ctx: CommandsContext): Hono {
  const routes = new Hono()
  routes.get('/sign-in', (c) => showSignIn(ctx, c))
  routes.post('/sign-in', (c) => answerSignIn(ctx, c))
  routes.get('/welcome', (c) => showSetUp(ctx, c))
  routes.post('/welcome', (c) => answerSetUp(ctx, c))
  return routes
}

async function showSignIn(ctx: CommandsContext, c: Context): Promise<Response> {
  if (!(await isSetUp(ctx))) return c.redirect('/welcome', 303)
  const next = returnPath(ctx, c.req.query('next'))
  const token = getCookie(c, cookieOf(ctx).name)
  if (token && (await identifySession(ctx, token))) return c.redirect(next, 303)
  return sendPage(c, await signInPage({ next, email: '', problem: null }))
}

async function answerSignIn(ctx: CommandsContext, c: Context): Promise<Response> {
  const form = await readForm(c)
  const next = returnPath(ctx, c.req.query('next'))
  try {
    const wanted = { email: form.email ?? '', password: form.password ?? '' }
    return signedIn(ctx, c, await signInByPassword(ctx, wanted, browserOf(c)), next)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return sendPage(c, await signInPage({ next, email: form.email ?? '', problem: error.message }), error.status)
  }
}

async function showSetUp(ctx: CommandsContext, c: Context): Promise<Response> {
  if (await isSetUp(ctx)) return c.redirect('/sign-in', 303)
  return sendPage(c, await setUpPage({ form: {}, problem: null }))
}

async function answerSetUp(ctx: CommandsContext, c: Context): Promise<Response> {
  const form = await readForm(c)
  try {
    const wanted = {
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

function sendPage(c: Context, page: string, status: UserError['status'] | 200 = 200): Response {
  c.header(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  )
  c.header('cache-control', 'no-store')
  return c.html(page, status)
}
