import { type Context, Hono } from 'hono'
import { OutsideError, UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { answerConnectPage } from './answer-connect-page.ts'
import { findBrowser, sendPage, tieTokenOf } from './browser.ts'
import { checkLink, checkVisit, findLinked } from './check-opener.ts'
import { answerConfirmPage, confirmPath, showConfirmPage } from './confirm-account.ts'
import { isOpen, spendLink, visitPath } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { externalTokenOf } from './external-browser.ts'
import { externalRoutes } from './external-routes.ts'
import { finishAttempt } from './finish-attempt.ts'
import { sendFresh } from './link-over.ts'
import { messagePage } from './pages/message-page.ts'
import { showConnectPage } from './show-connect-page.ts'

/** The connect page, by link and by visit, and the redirect URI of every parent. */
export function connectRoutes(ctx: AskingContext): Hono {
  const routes = new Hono()
  routes.route('/', externalRoutes(ctx))
  routes.get('/connect/l/:token', (c) => openLink(ctx, c, c.req.param('token')))
  routes.post('/connect/l/:token', (c) => answerLink(ctx, c, c.req.param('token')))
  routes.post('/connect/l/:token/fresh', (c) => freshByLink(ctx, c, c.req.param('token')))
  routes.post('/connect/v/:visit/fresh', (c) => freshByVisit(ctx, c, c.req.param('visit')))
  routes.get('/connect/v/:visit', (c) => openVisit(ctx, c, c.req.param('visit')))
  routes.post('/connect/v/:visit', (c) => answerVisit(ctx, c, c.req.param('visit')))
  routes.get('/connect/callback/:connection', (c) => receiveCallback(ctx, c, c.req.param('connection')))
  routes.get('/connect/confirm/:attempt', (c) => showConfirmPage(ctx, c, c.req.param('attempt')))
  routes.post('/connect/confirm/:attempt', (c) => answerConfirmPage(ctx, c, c.req.param('attempt')))
  return routes
}

// --- by link: until it is spent, by the click of the person it is for -------------------------------------------------

async function openLink(ctx: AskingContext, c: Context, token: string): Promise<Response> {
  const opened = await checkLink(ctx, c, token)
  if (opened instanceof Response) return opened
  const { visit } = opened
  if (visit.spentAt || !isOpen(visit, ctx.clock())) return c.redirect(visitPath(visit), 303)
  return showConnectPage(ctx, c, { ...opened, action: `/connect/l/${token}` })
}

async function answerLink(ctx: AskingContext, c: Context, token: string): Promise<Response> {
  const opened = await checkLink(ctx, c, token)
  if (opened instanceof Response) return opened
  const { visit } = opened
  if (!(await spendLink(ctx.db, visit, ctx.clock()))) return c.redirect(visitPath(visit), 303)
  return answerConnectPage(ctx, c, opened)
}

/** Whoever holds the link may have a message sent: it goes to its person alone. */
async function freshByLink(ctx: AskingContext, c: Context, token: string): Promise<Response> {
  const visit = await findLinked(ctx, c, token)
  return visit instanceof Response ? visit : sendFresh(ctx, c, visit)
}

// --- by visit: the person's own session opens it ----------------------------------------------------------------------

async function openVisit(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const opened = await checkVisit(ctx, c, id)
  if (opened instanceof Response) return opened
  return showConnectPage(ctx, c, { ...opened, action: visitPath(opened.visit) })
}

async function answerVisit(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const opened = await checkVisit(ctx, c, id)
  if (opened instanceof Response) return opened
  return answerConnectPage(ctx, c, opened)
}

async function freshByVisit(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const opened = await checkVisit(ctx, c, id)
  return opened instanceof Response ? opened : sendFresh(ctx, c, opened.visit)
}

// --- the redirect URI ---------------------------------------------------------------------------------------------------

async function receiveCallback(ctx: AskingContext, c: Context, parentId: string): Promise<Response> {
  const browser = await findBrowser(ctx, c)
  const query = new URL(c.req.url).searchParams
  try {
    const finished = await finishAttempt(ctx, {
      parentId: parentId as ConnectionId,
      query,
      browser,
      tieToken: tieTokenOf(ctx, c),
      externalToken: externalTokenOf(ctx, c),
    })
    if (finished.returnTo) return c.redirect(finished.returnTo, 303)
    if (finished.outcome === 'unconfirmed') return c.redirect(confirmPath(finished.attempt), 303)
    if (finished.visit) return c.redirect(visitPath(finished.visit, finished.outcome), 303)
    return c.redirect(`/connections/${finished.attempt.parent_id}?${finished.outcome}`, 303)
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof OutsideError)) throw error
    const page = await messagePage({ title: 'Nothing was connected', text: error.message })
    return sendPage(c, page, { status: error instanceof UserError ? 403 : 502 })
  }
}
