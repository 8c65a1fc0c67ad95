import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { ConnectTieId, SessionId } from '#core/ids.ts'
import type { Person } from '#people/person.ts'
import { sessionCookie } from '#people/session-cookie.ts'
import { findSession, type Session } from '#people/sessions.ts'
import type { AskingContext } from './context.ts'

/** The person whose session a browser has. */
export interface Browser {
  session: Session
  person: Person
}

/**
 * Who may act for a visit in this browser: its person, by a session of theirs, or, for this one visit, by the code they typed. For a visit
 * of a product's person neither: what that browser answers is held until the product has confirmed it.
 */
export type Opener = { person: Person } & (
  | { sessionId: SessionId; tieId: null }
  | { sessionId: null; tieId: ConnectTieId | null }
)

/** The browser's session, when its cookie is good. */
export async function findBrowser(ctx: AskingContext, c: Context): Promise<Browser | undefined> {
  const token = getCookie(c, sessionCookie(ctx.publicUrl).name)
  return token ? findSession(ctx.db, token, ctx.clock()) : undefined
}

const DAY_SECONDS = 24 * 60 * 60

// As the session's cookie: Lax, because a person comes back from an application's consent page with it.
const tieCookieName = (ctx: AskingContext): string =>
  ctx.publicUrl.protocol === 'https:' ? '__Host-behalf-tie' : 'behalf-tie'

/** The token by which a browser without a session is known again. It is worth nothing before its person types the code. */
export const tieTokenOf = (ctx: AskingContext, c: Context): string | undefined => getCookie(c, tieCookieName(ctx))

/** Has the browser keep its token as long as the visit, and a day at least. */
export function setTieCookie(ctx: AskingContext, c: Context, { token, until }: { token: string; until: Date }): void {
  const maxAge = Math.max(DAY_SECONDS, Math.ceil((until.getTime() - ctx.clock().getTime()) / 1000))
  const secure = ctx.publicUrl.protocol === 'https:'
  setCookie(c, tieCookieName(ctx), token, { httpOnly: true, sameSite: 'Lax', secure, path: '/', maxAge })
}

/**
 * Sends a server-rendered page that cannot be framed, cached, or made to run anything. `formOrigins` are the applications its forms
 * lead to: browsers apply `form-action` to where a form is redirected as well.
 */
export function sendPage(
  c: Context,
  page: string,
  {
    status = 200,
    formOrigins = [],
  }: { status?: 200 | 400 | 403 | 404 | 409 | 410 | 429 | 502; formOrigins?: string[] } = {},
): Response {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    'img-src data:',
    `form-action ${["'self'", ...new Set(formOrigins)].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  c.header('content-security-policy', policy.join('; '))
  c.header('x-frame-options', 'DENY')
  // why: under `no-referrer` browsers send `Origin: null` with a form, which would be refused as another site's.
  c.header('referrer-policy', 'same-origin')
  c.header('cache-control', 'no-store')
  return c.html(page, status)
}
