import { type Context, Hono } from 'hono'
import { isId } from '#core/ids.ts'
import { loadPerson } from '#people/persons.ts'
import { answerConnectPage } from './answer-connect-page.ts'
import { sendPage } from './browser.ts'
import { type Opened, tooManyGuesses } from './check-opener.ts'
import { type ConnectVisit, findVisit, findVisitByToken, isOpen, spendLink, visitPath } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { bindBrowser, ensureExternalToken, externalTokenOf, isBoundBrowser } from './external-browser.ts'
import { takeGuess } from './guess-limit.ts'
import { messagePage } from './pages/message-page.ts'
import { showConnectPage } from './show-connect-page.ts'

/**
 * The connect page for people of a product that embeds Behalf, who have no session here. The link opens in any browser; the first whose
 * click spends it is the only one that goes on; what it answers counts for nobody until the product confirms it for its signed-in user.
 */
export function externalRoutes(ctx: AskingContext): Hono {
  const routes = new Hono()
  routes.get('/connect/external/:token', (c) => openLink(ctx, c, c.req.param('token')))
  routes.post('/connect/external/:token', (c) => answerLink(ctx, c, c.req.param('token')))
  routes.get('/connect/external/v/:visit', (c) => openVisit(ctx, c, c.req.param('visit')))
  routes.post('/connect/external/v/:visit', (c) => answerVisit(ctx, c, c.req.param('visit')))
  return routes
}

async function openLink(ctx: AskingContext, c: Context, token: string): Promise<Response> {
  const visit = await checkLink(ctx, c, token)
  if (visit instanceof Response) return visit
  if (visit.spentAt) return c.redirect(visitPath(visit), 303)
  ensureExternalToken(ctx, c)
  return showConnectPage(ctx, c, { ...(await openedBy(ctx, visit)), action: `/connect/external/${token}` })
}

async function answerLink(ctx: AskingContext, c: Context, token: string): Promise<Response> {
  const visit = await checkLink(ctx, c, token)
  if (visit instanceof Response) return visit
  const browser = externalTokenOf(ctx, c)
  if (!browser) return withoutCookies(c)
  if (!(await spendLink(ctx.db, visit, ctx.clock()))) return c.redirect(visitPath(visit), 303)
  await bindBrowser(ctx, visit, browser)
  return answerConnectPage(ctx, c, await openedBy(ctx, visit))
}

async function openVisit(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const visit = await checkVisit(ctx, c, id)
  if (visit instanceof Response) return visit
  return showConnectPage(ctx, c, { ...(await openedBy(ctx, visit)), action: visitPath(visit) })
}

async function answerVisit(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const visit = await checkVisit(ctx, c, id)
  if (visit instanceof Response) return visit
  if (!isOpen(visit, ctx.clock())) return c.redirect(visitPath(visit), 303)
  return answerConnectPage(ctx, c, await openedBy(ctx, visit))
}

/** Nobody is known to sit before this browser; what it does is done in the name of the visit's person, and held. */
async function openedBy(ctx: AskingContext, visit: ConnectVisit): Promise<Opened> {
  const person = await loadPerson(ctx.db, visit.workspaceId, visit.personId)
  return { visit, browser: { person, sessionId: null, tieId: null } }
}

async function checkLink(ctx: AskingContext, c: Context, token: string): Promise<ConnectVisit | Response> {
  const guess = await takeGuess(ctx, c.get('clientAddress') ?? '')
  if (!guess.allowed) return tooManyGuesses(c, guess)
  const visit = await findVisitByToken(ctx.db, token)
  if (!visit?.external) return leadsNowhere(c)
  await guess.wasRight()
  return visit
}

async function checkVisit(ctx: AskingContext, c: Context, id: string): Promise<ConnectVisit | Response> {
  const visit = isId('connectVisit', id) ? await findVisit(ctx.db, id) : undefined
  return visit && isBoundBrowser(visit, externalTokenOf(ctx, c)) ? visit : leadsNowhere(c)
}

async function leadsNowhere(c: Context): Promise<Response> {
  const page = await messagePage({
    title: 'This link leads nowhere',
    text: 'It is incomplete, was replaced by a newer one, or was used in another browser. Go back to where you began, and begin again.',
  })
  return sendPage(c, page, { status: 404 })
}

async function withoutCookies(c: Context): Promise<Response> {
  const page = await messagePage({
    title: 'Your browser keeps no cookies',
    text: 'Without one it cannot be known again when you come back. Allow cookies for this address, and open the link again.',
  })
  return sendPage(c, page, { status: 400 })
}
