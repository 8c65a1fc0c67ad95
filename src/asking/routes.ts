import { type Context, Hono } from 'hono'
import { OutsideError, UserError } from '#core/errors.ts'
import { type ConnectionId, isId } from '#core/ids.ts'
import { actorOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { type Browser, findBrowser, sendPage } from './browser.ts'
import { type ConnectPageFacts, readConnectPageFacts } from './connect-page-facts.ts'
import { closeConnectRequests, openConnectRequests } from './connect-request.ts'
import { type ConnectVisit, endVisit, findVisit, findVisitByToken, isOpen, spendLink } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { finishAttempt } from './finish-attempt.ts'
import { type Guess, takeGuess } from './guess-limit.ts'
import { connectPage } from './pages/connect-page.ts'
import { messagePage } from './pages/message-page.ts'
import { startAttempt } from './start-attempt.ts'

/** The connect page, by link and by visit, and the redirect URI of every parent. */
export function connectRoutes(ctx: AskingContext): Hono {
  const routes = new Hono()
  routes.get('/connect/l/:token', (c) => openLink(ctx, c, c.req.param('token')))
  routes.post('/connect/l/:token', (c) => answerLink(ctx, c, c.req.param('token')))
  routes.get('/connect/v/:visit', (c) => openVisit(ctx, c, c.req.param('visit')))
  routes.post('/connect/v/:visit', (c) => answerVisit(ctx, c, c.req.param('visit')))
  routes.get('/connect/callback/:connection', (c) => receiveCallback(ctx, c, c.req.param('connection')))
  return routes
}

const visitPath = (visit: ConnectVisit, note?: string): string => `/connect/v/${visit.id}${note ? `?note=${note}` : ''}`

// --- by link: until it is spent, by the click of the person it is for -------------------------------------------------

async function openLink(ctx: AskingContext, c: Context, token: string): Promise<Response> {
  const opened = await checkLink(ctx, c, token)
  if (opened instanceof Response) return opened
  const { visit, browser } = opened
  if (visit.spentAt || !isOpen(visit, ctx.clock())) return c.redirect(visitPath(visit), 303)
  return showConnectPage(ctx, c, { visit, browser, action: `/connect/l/${token}` })
}

async function answerLink(ctx: AskingContext, c: Context, token: string): Promise<Response> {
  const opened = await checkLink(ctx, c, token)
  if (opened instanceof Response) return opened
  const { visit, browser } = opened
  if (!(await spendLink(ctx.db, visit, ctx.clock()))) return c.redirect(visitPath(visit), 303)
  return answer(ctx, c, visit, browser)
}

/** The visit behind a link, when this browser is its person's: otherwise the page that says why not. Spends nothing. */
async function checkLink(
  ctx: AskingContext,
  c: Context,
  token: string,
): Promise<{ visit: ConnectVisit; browser: Browser } | Response> {
  const guess = await takeGuess(ctx, c.get('clientAddress') ?? '')
  if (!guess.allowed) return tooManyGuesses(c, guess)
  const visit = await findVisitByToken(ctx.db, token)
  const browser = await findBrowser(ctx, c)
  if (!visit) return unknownLink(ctx, c, browser)
  await guess.wasRight()
  if (!browser) return c.redirect(`/sign-in?next=${encodeURIComponent(`/connect/l/${token}`)}`, 303)
  if (browser.person.id !== visit.personId) return strangersLink(ctx, c, visit, browser)
  return { visit, browser }
}

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

async function tooManyGuesses(
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

// --- by visit: the person's own session opens it ----------------------------------------------------------------------

async function openVisit(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const opened = await checkVisit(ctx, c, id)
  if (opened instanceof Response) return opened
  return showConnectPage(ctx, c, { ...opened, action: visitPath(opened.visit) })
}

async function answerVisit(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const opened = await checkVisit(ctx, c, id)
  if (opened instanceof Response) return opened
  return answer(ctx, c, opened.visit, opened.browser)
}

/** A visit is found by its id only by its own person, and only once its link is spent (or where it never had one). */
async function checkVisit(
  ctx: AskingContext,
  c: Context,
  id: string,
): Promise<{ visit: ConnectVisit; browser: Browser } | Response> {
  const browser = await findBrowser(ctx, c)
  if (!browser) return c.redirect(`/sign-in?next=${encodeURIComponent(`/connect/v/${id}`)}`, 303)
  const visit = isId('connectVisit', id) ? await findVisit(ctx.db, id) : undefined
  if (!visit) return unknownLink(ctx, c, browser)
  if (visit.personId !== browser.person.id) return strangersLink(ctx, c, visit, browser)
  return { visit, browser }
}

async function showConnectPage(
  ctx: AskingContext,
  c: Context,
  { visit, browser, action }: { visit: ConnectVisit; browser: Browser; action: string },
): Promise<Response> {
  const facts = await readConnectPageFacts(ctx, visit)
  const done = facts.applications.length > 0 && facts.applications.every(({ reason }) => reason === null)
  if (done) await endVisit(ctx.db, visit.id, 'done')
  if (!done && !isOpen(visit, ctx.clock())) return sendOver(c, visit, facts)
  const page = await connectPage({
    facts,
    person: browser.person,
    action,
    note: c.req.query('note') ?? null,
    returnTo: visit.returnTo,
  })
  return sendPage(c, page, { formOrigins: facts.applications.map(({ authorizationOrigin }) => authorizationOrigin) })
}

async function sendOver(c: Context, visit: ConnectVisit, facts: ConnectPageFacts): Promise<Response> {
  const name = facts.recipeName ?? 'this connection'
  const declined = visit.status === 'declined'
  const page = await messagePage({
    title: declined ? 'Nothing was connected' : 'This request is over',
    text: declined
      ? `You chose “Not now”, so this run of ${name} has ended. Run it again whenever you like.`
      : `The link was replaced by a newer one, or too much time has passed. Run ${name} again, or open the newest message.`,
    link: visit.returnTo ? { label: 'Go back', url: visit.returnTo } : undefined,
  })
  return sendPage(c, page, { status: declined ? 200 : 410 })
}

/** What the person pressed: Connect at one application, or Not now. */
async function answer(ctx: AskingContext, c: Context, visit: ConnectVisit, browser: Browser): Promise<Response> {
  if (!isOpen(visit, ctx.clock())) return c.redirect(visitPath(visit), 303)
  const form = await c.req.parseBody()
  if (form.do === 'decline') {
    await decline(ctx, visit)
    return c.redirect(visitPath(visit), 303)
  }
  const facts = await readConnectPageFacts(ctx, visit)
  const application = facts.applications.find(({ parent }) => parent.id === form.connection)
  if (!application || application.reason === null) return c.redirect(visitPath(visit), 303)
  await keepRequestOpen(ctx, visit, browser, { parentId: application.parent.id, reason: application.reason })
  const url = await startAttempt(ctx, {
    kind: 'child',
    parentId: application.parent.id,
    person: browser.person,
    sessionId: browser.session.id,
    visit,
  })
  // why: the redirect of a form counts as a form action, so the application must be named here too.
  c.header('content-security-policy', `form-action 'self' ${application.authorizationOrigin}`)
  c.header('referrer-policy', 'no-referrer')
  return c.redirect(url.href, 303)
}

async function keepRequestOpen(
  ctx: AskingContext,
  visit: ConnectVisit,
  { person }: Browser,
  missing: Parameters<typeof openConnectRequests>[1]['missing'][number],
): Promise<void> {
  const wanted = { person, missing: [missing], expiresAt: visit.expiresAt, now: ctx.clock() }
  await openConnectRequests(ctx.db, wanted)
}

/** Not now ends the one job this visit is about, and the visit. */
async function decline(ctx: AskingContext, visit: ConnectVisit): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await endVisit(tx, visit.id, 'declined')
    if (visit.jobId) await ctx.declineJob(tx, visit.jobId)
    if (visit.parentId) {
      const request = { personId: visit.personId, parentId: visit.parentId }
      await closeConnectRequests(tx, { ...request, status: 'declined', now: ctx.clock() })
    }
    await recordAudit(
      tx,
      { workspaceId: visit.workspaceId },
      {
        action: 'connect.declined',
        targetId: visit.id,
        details: { person_id: visit.personId, job_id: visit.jobId },
      },
    )
  })
}

// --- the redirect URI ---------------------------------------------------------------------------------------------------

async function receiveCallback(ctx: AskingContext, c: Context, parentId: string): Promise<Response> {
  const browser = await findBrowser(ctx, c)
  const query = new URL(c.req.url).searchParams
  try {
    const finished = await finishAttempt(ctx, { parentId: parentId as ConnectionId, query, browser })
    if (finished.visit) return c.redirect(visitPath(finished.visit, finished.outcome), 303)
    return c.redirect(`/connections/${finished.attempt.parent_id}?${finished.outcome}`, 303)
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof OutsideError)) throw error
    const page = await messagePage({ title: 'Nothing was connected', text: error.message })
    return sendPage(c, page, { status: error instanceof UserError ? 403 : 502 })
  }
}
