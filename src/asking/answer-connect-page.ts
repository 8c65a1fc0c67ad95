import type { Context } from 'hono'
import type { RecipeId } from '#core/ids.ts'
import { recordAudit } from '#people/audit.ts'
import type { Opener } from './browser.ts'
import type { Opened } from './check-opener.ts'
import { type ConnectPageApplication, readConnectPageFacts } from './connect-page-facts.ts'
import { closeConnectRequests, openConnectRequests } from './connect-request.ts'
import { type ConnectVisit, endVisit, isOpen, visitPath } from './connect-visit.ts'
import { giveConsent, waitingRecipes } from './consents.ts'
import type { AskingContext } from './context.ts'
import { startAttempt } from './start-attempt.ts'

/** What the person pressed: Connect or Allow at one application, or Not now. */
export async function answerConnectPage(ctx: AskingContext, c: Context, { visit, browser }: Opened): Promise<Response> {
  if (!isOpen(visit, ctx.clock())) return c.redirect(visitPath(visit), 303)
  const form = await c.req.parseBody()
  if (form.do === 'decline') {
    await decline(ctx, visit)
    return c.redirect(visitPath(visit), 303)
  }
  const facts = await readConnectPageFacts(ctx, visit)
  const application = facts.applications.find(({ parent }) => parent.id === form.connection)
  if (!application || application.reason === null) return c.redirect(visitPath(visit), 303)
  const recipeIds = await waitingRecipes(ctx.db, visit.personId, application.parent.id)
  if (facts.recipeId && !recipeIds.includes(facts.recipeId)) recipeIds.push(facts.recipeId)
  if (application.reason === 'consent_needed') {
    await allow(ctx, visit, { application, recipeIds })
    return c.redirect(visitPath(visit, 'allowed'), 303)
  }
  await keepRequestOpen(ctx, visit, browser, { parentId: application.parent.id, reason: application.reason })
  const url = await startAttempt(ctx, {
    kind: 'child',
    parentId: application.parent.id,
    person: browser.person,
    sessionId: browser.sessionId,
    tieId: browser.tieId,
    visit,
    recipeIds,
  })
  // why: the redirect of a form counts as a form action, so the application must be named here too.
  c.header('content-security-policy', `form-action 'self' ${application.authorizationOrigin}`)
  c.header('referrer-policy', 'no-referrer')
  return c.redirect(url.href, 303)
}

/** The account is connected already: the person's leave is all that was missing. */
async function allow(
  ctx: AskingContext,
  { workspaceId, personId }: ConnectVisit,
  { application: { parent, connectionId }, recipeIds }: { application: ConnectPageApplication; recipeIds: RecipeId[] },
): Promise<void> {
  if (connectionId === null) return
  await ctx.db.transaction().execute(async (tx) => {
    await giveConsent(ctx, tx, { workspaceId, personId, connectionId, recipeIds })
    await closeConnectRequests(tx, { personId, parentId: parent.id, status: 'done', now: ctx.clock() })
    await ctx.continueJobs(tx, { personId, parentId: parent.id, recipeIds })
  })
}

async function keepRequestOpen(
  ctx: AskingContext,
  visit: ConnectVisit,
  { person }: Opener,
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
