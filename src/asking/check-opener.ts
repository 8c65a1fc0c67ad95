import type { Context } from 'hono'
import { isId } from '#core/ids.ts'
import { actorOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { type Browser, findBrowser, type Opener, sendPage } from './browser.ts'
import { checkTie } from './check-tie.ts'
import { type ConnectVisit, findVisit, findVisitByToken } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { type Guess, takeGuess } from './guess-limit.ts'
import { messagePage } from './pages/message-page.ts'
import { findServicePerson } from './service-opener.ts'

/** A visit opened by the browser of the person it is for: by a session of theirs, or by the code they typed. */
export interface Opened {
  visit: ConnectVisit
  browser: Opener
}

/** The visit behind a link, when this browser is its person's: otherwise the page that says why not. Spends nothing. */
export async function checkLink(ctx: AskingContext, c: Context, token: string): Promise<Opened | Response> {
  const visit = await findLinked(ctx, c, token)
  if (visit instanceof Response) return visit
  const browser = await findBrowser(ctx, c)
  if (!browser) return checkTie(ctx, c, { visit, path: `/connect/l/${token}` })
  if (browser.person.id !== visit.personId) return strangersLink(ctx, c, visit, browser)
  return { visit, browser: openerOf(browser) }
}

/** The visit behind a link, whoever opens it; a page when there is none, or too many were tried. */
export async function findLinked(ctx: AskingContext, c: Context, token: string): Promise<ConnectVisit | Response> {
  const guess = await takeGuess(ctx, c.get('clientAddress') ?? '')
  if (!guess.allowed) return tooManyGuesses(c, guess)
  const visit = await findVisitByToken(ctx.db, token)
  if (!visit) return unknownLink(ctx, c, await findBrowser(ctx, c))
  await guess.wasRight()
  return visit
}

/** A visit is found by its id only by its own person, and only once its link is spent (or where it never had one). */
export async function checkVisit(ctx: AskingContext, c: Context, id: string): Promise<Opened | Response> {
  const browser = await findBrowser(ctx, c)
  const visit = isId('connectVisit', id) ? await findVisit(ctx.db, id) : undefined
  const path = `/connect/v/${id}`
  if (!browser)
    return visit ? checkTie(ctx, c, { visit, path }) : c.redirect(`/sign-in?next=${encodeURIComponent(path)}`, 303)
  if (!visit) return unknownLink(ctx, c, browser)
  const { person: opener } = browser
  const isTheirs = visit.personId === opener.id
  const person = isTheirs ? opener : await findServicePerson(ctx, { opener, personId: visit.personId })
  if (!person) return strangersLink(ctx, c, visit, browser)
  return { visit, browser: { ...openerOf(browser), person } }
}

const openerOf = ({ person, session }: Browser): Opener => ({ person, sessionId: session.id, tieId: null })

async function unknownLink(ctx: AskingContext, c: Context, browser: Browser | undefined): Promise<Response> {
  if (browser) {
    const actor = actorOf(browser.person, browser.session.id)
    await recordAudit(ctx.db, actor, { action: 'connect.link_refused', details: { why: 'unknown' } })
  }
  const page = await messagePage({
    title: 'This link leads nowhere',
    text: 'It is incomplete, or was never ours. Open it again from the message you got it in, or run the command again.',
  })
  return sendPage(c, page, { status: 404 })
}

/** Says so. */
export async function tooManyGuesses(
  c: Context,
  { retryAfterSeconds }: Extract<Guess, { allowed: false }>,
): Promise<Response> {
  c.header('retry-after', String(retryAfterSeconds))
  const page = await messagePage({
    title: 'Too many wrong links',
    text: 'Many links that lead nowhere were opened from your network. Wait a minute, then open yours again.',
  })
  return sendPage(c, page, { status: 429 })
}

async function strangersLink(ctx: AskingContext, c: Context, visit: ConnectVisit, browser: Browser): Promise<Response> {
  const details = { why: 'somebody_else', person_id: visit.personId, opened_by: browser.person.id }
  const event = { action: 'connect.link_refused', targetId: visit.id, details } as const
  await recordAudit(ctx.db, { workspaceId: visit.workspaceId }, event)
  const page = await messagePage({
    title: 'This link is for somebody else',
    text: `You are signed in as ${browser.person.name}. A connect link works only for the person it was made for, so nothing was done. If somebody sent it to you, do not use it; if it is yours, sign in with the account you began from.`,
  })
  return sendPage(c, page, { status: 403 })
}
