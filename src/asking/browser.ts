import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Person } from '#people/person.ts'
import { sessionCookie } from '#people/session-cookie.ts'
import { findSession, type Session } from '#people/sessions.ts'
import type { AskingContext } from './context.ts'

/** The person a browser is tied to. */
export interface Browser {
  session: Session
  person: Person
}

/** The browser's session, when its cookie is good. */
export async function findBrowser(ctx: AskingContext, c: Context): Promise<Browser | undefined> {
  const token = getCookie(c, sessionCookie(ctx.publicUrl).name)
  return token ? findSession(ctx.db, token, ctx.clock()) : undefined
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
