import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CommandsContext } from '#commands/context.ts'
import { cookieOf, identifySession } from '#commands/identify.ts'
import { viewSurface } from '#commands/surfaces/surface-apps.ts'
import { noteInstallation } from '#commands/surfaces/surface-installations.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import { botScopes } from './manifest.ts'
import { exchangeCode } from './slack-client.ts'

const LIFE_SECONDS = 15 * 60

/** Installing the app in a workspace or an enterprise, by Slack's OAuth, in the browser of a signed-in administrator. */
export function installRoutes(ctx: CommandsContext): Hono {
  const routes = new Hono()
  routes.get('/install', (c) => leave(ctx, c))
  routes.get('/callback', (c) => comeBack(ctx, c))
  return routes
}

const callbackUrl = (publicUrl: URL): string => new URL('/surfaces/slack/callback', publicUrl).href

async function leave(ctx: CommandsContext, c: Context): Promise<Response> {
  const { app } = await requireAdministrator(ctx, c)
  const state = randomBytes(24).toString('base64url')
  const { name, options } = stateCookie(ctx)
  setCookie(c, name, state, { ...options, maxAge: LIFE_SECONDS })
  const url = new URL('/oauth/v2/authorize', app.settings.host)
  url.searchParams.set('client_id', app.settings.client_id ?? '')
  url.searchParams.set('scope', botScopes(app.settings).join(','))
  url.searchParams.set('redirect_uri', callbackUrl(ctx.publicUrl))
  url.searchParams.set('state', state)
  c.header('referrer-policy', 'no-referrer')
  return c.redirect(url.href, 303)
}

/** What comes back is taken only in the browser that left, once. */
async function comeBack(ctx: CommandsContext, c: Context): Promise<Response> {
  const { app, actor } = await requireAdministrator(ctx, c)
  const { name, options } = stateCookie(ctx)
  const state = getCookie(c, name)
  deleteCookie(c, name, { path: options.path, secure: options.secure })
  const { code, state: returned, error } = c.req.query()
  if (state === undefined || returned !== state) return back(c, 'state')
  if (error !== undefined || code === undefined) return back(c, 'declined')
  try {
    const granted = await exchangeCode(ctx, app, { code, redirectUri: callbackUrl(ctx.publicUrl) })
    const installed = readGrant(app, granted)
    await noteInstallation(ctx, actor, { app, ...installed })
    return c.redirect(`/surfaces/slack?installed=${encodeURIComponent(installed.label)}`, 303)
  } catch (thrown) {
    if (thrown instanceof OutsideError) return back(c, 'refused')
    throw thrown
  }
}

type Granted = Awaited<ReturnType<typeof exchangeCode>>

function readGrant(app: SurfaceApp, granted: Granted) {
  const { team, enterprise, is_enterprise_install: isOfEnterprise, access_token: credential = '' } = granted
  const home = isOfEnterprise ? enterprise : team
  const isOurs = !app.settings.app_id || granted.app_id === app.settings.app_id
  if (!home?.id || credential === '' || granted.token_type !== 'bot' || !isOurs)
    throw new OutsideError('slack_refused', 'Slack installed another app than the one that is set up.', {
      retryable: false,
    })
  const facts = {
    ...(granted.bot_user_id && { bot_user_id: granted.bot_user_id }),
    ...(enterprise?.id && { enterprise_id: enterprise.id }),
  }
  return { tenant: home.id, label: home.name ?? home.id, facts, credential }
}

const back = (c: Context, problem: string): Response => c.redirect(`/surfaces/slack?problem=${problem}`, 303)

async function requireAdministrator(ctx: CommandsContext, c: Context) {
  const token = getCookie(c, cookieOf(ctx).name)
  const actor = token ? await identifySession(ctx, token) : undefined
  if (!actor) throw new UserError('not_signed_in', 'Sign in first.', { status: 401 })
  const { app } = await viewSurface(ctx, actor, 'slack')
  if (app) return { actor, app }
  throw new UserError('surface_not_set_up', 'Save the app’s settings first, then install it.', { status: 409 })
}

function stateCookie(ctx: CommandsContext) {
  const secure = ctx.publicUrl.protocol === 'https:'
  const name = secure ? '__Host-behalf-install' : 'behalf-install'
  return { name, options: { httpOnly: true, sameSite: 'Lax', secure, path: '/' } } as const
}
