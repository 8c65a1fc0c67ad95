import type { Context } from 'hono'
import { inSpan } from '#core/trace.ts'
import type { Person } from '#people/person.ts'
import { sendPage } from './browser.ts'
import type { Opened } from './check-opener.ts'
import { type ConnectPageFacts, readConnectPageFacts } from './connect-page-facts.ts'
import { type ConnectVisit, endVisit, visitPath } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { freeRecipes } from './free-recipes.ts'
import { isGone, showLinkOver } from './link-over.ts'
import { connectPage } from './pages/connect-page.ts'
import { messagePage } from './pages/message-page.ts'

/** The connect page of a visit, or the page that says it is over. `action` is where its forms post to. */
export function showConnectPage(ctx: AskingContext, c: Context, shown: Opened & { action: string }): Promise<Response> {
  const { jobId: job, traceparent: parent } = shown.visit
  return inSpan(ctx, { name: 'asking/connect-page', kind: 'server', job, parent }, () => show(ctx, c, shown))
}

async function show(
  ctx: AskingContext,
  c: Context,
  { visit, browser, action }: Opened & { action: string },
): Promise<Response> {
  const facts = await readConnectPageFacts(ctx, visit)
  const done = facts.applications.length > 0 && facts.applications.every(({ reason }) => reason === null)
  if (done) await finishVisit(ctx, visit, { person: browser.person, facts })
  if (!done && isGone(visit, ctx.clock())) return showLinkOver(ctx, c, { visit, path: visitPath(visit) })
  if (!done && visit.status === 'declined') return sendDeclined(c, visit, facts)
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

async function sendDeclined(c: Context, visit: ConnectVisit, { recipeName }: ConnectPageFacts): Promise<Response> {
  const page = await messagePage({
    title: 'Nothing was connected',
    text: recipeName
      ? `You chose “Not now”, so this run of ${recipeName} has ended. Run it again whenever you like.`
      : 'You chose “Not now”. Connect whenever you like, under My connections.',
    link: visit.returnTo ? { label: 'Go back', url: visit.returnTo } : undefined,
  })
  return sendPage(c, page)
}

/** Nothing is missing any more, whichever way it came: the visit is done, and its job does not wait for what is there. */
async function finishVisit(
  ctx: AskingContext,
  visit: ConnectVisit,
  { person, facts: { applications, recipeId, jobStatus } }: { person: Person; facts: ConnectPageFacts },
): Promise<void> {
  await endVisit(ctx.db, visit.id, 'done')
  if (jobStatus !== 'waiting_for_connection' || recipeId === null) return
  for (const { parent } of applications)
    await ctx.db
      .transaction()
      .execute((tx) =>
        freeRecipes(ctx, tx, { person, parentId: parent.id, recipeIds: [recipeId], others: 'consent_needed' }),
      )
}
