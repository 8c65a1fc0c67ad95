import { createHash, randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Person } from '#people/person.ts'
import { loadPerson } from '#people/persons.ts'
import type { ConnectVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import type { Attempt } from './refuse-callback.ts'

const DAY_SECONDS = 24 * 60 * 60

const cookieName = ({ publicUrl }: AskingContext): string =>
  publicUrl.protocol === 'https:' ? '__Host-behalf-external' : 'behalf-external'

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Where a link of a product's person leads. */
export const externalLink = ({ publicUrl }: AskingContext, token: string): string =>
  new URL(`/connect/external/${token}`, publicUrl).href

/** The token by which a browser that opened a product's link is known again: it ties the way back to the way out, and to no person. */
export const externalTokenOf = (ctx: AskingContext, c: Context): string | undefined => getCookie(c, cookieName(ctx))

/** Gives this browser such a token of 256 bits when it has none. */
export function ensureExternalToken(ctx: AskingContext, c: Context): void {
  if (externalTokenOf(ctx, c)) return
  const secure = ctx.publicUrl.protocol === 'https:'
  const options = { httpOnly: true, sameSite: 'Lax', secure, path: '/', maxAge: DAY_SECONDS } as const
  setCookie(c, cookieName(ctx), randomBytes(32).toString('base64url'), options)
}

/** Binds a visit to the browser whose click has just spent its link, for good. */
export async function bindBrowser(ctx: AskingContext, visit: ConnectVisit, token: string): Promise<void> {
  await ctx.db
    .updateTable('external_visits')
    .set({ browser_hash: hashOf(token) })
    .where('visit_id', '=', visit.id)
    .where('browser_hash', 'is', null)
    .execute()
}

/** Whether the browser with this token is the one whose click spent the link. */
export function isBoundBrowser({ external }: ConnectVisit, token: string | undefined): boolean {
  return token !== undefined && external?.browserHash?.equals(hashOf(token)) === true
}

/**
 * Whom an attempt is for, when the browser that came back is the one it was begun in; undefined otherwise. It is not known yet that they
 * sit before it: their product must say so.
 */
export async function findExternalPerson(
  ctx: AskingContext,
  { attempt, visit, token }: { attempt: Attempt; visit: ConnectVisit | undefined; token: string | undefined },
): Promise<Person | undefined> {
  if (attempt.session_id !== null || attempt.tie_id !== null || attempt.visit_id !== visit?.id) return undefined
  if (!visit || !isBoundBrowser(visit, token)) return undefined
  const person = await loadPerson(ctx.db, attempt.workspace_id, attempt.person_id)
  return person.status === 'active' ? person : undefined
}
