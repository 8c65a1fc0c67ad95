import type { Context } from 'hono'
import { sendPage } from './browser.ts'
import type { Opened } from './check-opener.ts'
import { sendBurnt } from './check-tie.ts'
import { type ConnectPageFacts, readConnectPageFacts } from './connect-page-facts.ts'
import { type ConnectVisit, endVisit, isOpen } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { connectPage } from './pages/connect-page.ts'
import { messagePage } from './pages/message-page.ts'

/** The connect page of a visit, or the page that says it is over. `action` is where its forms post to. */
export async function showConnectPage(
  ctx: AskingContext,
  c: Context,
  { visit, browser, action }: Opened & { action: string },
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
  const applications = facts.applications.flatMap(({ authorizationOrigin }) => authorizationOrigin ?? [])
  const product = visit.external ? [new URL(visit.external.redirectUrl).origin] : []
  return sendPage(c, page, { formOrigins: [...applications, ...product] })
}

async function sendOver(c: Context, visit: ConnectVisit, facts: ConnectPageFacts): Promise<Response> {
  if (visit.status === 'burnt') return sendBurnt(c)
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
