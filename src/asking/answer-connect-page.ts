import type { Context } from 'hono'
import type { RecipeUse } from '#connections/standing.ts'
import type { ConnectionId } from '#core/ids.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import type { Opened } from './check-opener.ts'
import { type ConnectPageApplication, type ConnectPageFacts, readConnectPageFacts } from './connect-page-facts.ts'
import { openConnectRequests } from './connect-request.ts'
import { type ConnectVisit, endVisit, isOpen, visitPath } from './connect-visit.ts'
import { endUntickedConsents, giveConsent } from './consents.ts'
import type { AskingContext } from './context.ts'
import { closeUnlessWaitedFor, freeRecipes } from './free-recipes.ts'
import { holdAnswer } from './hold-answer.ts'
import { typedCredential } from './pages/credential-form.ts'
import { saveCredential } from './save-credential.ts'
import { startAttempt } from './start-attempt.ts'

/** What the person pressed: Connect or Allow at one application, or Not now. */
export async function answerConnectPage(ctx: AskingContext, c: Context, opened: Opened): Promise<Response> {
  const { visit } = opened
  if (!isOpen(visit, ctx.clock())) return c.redirect(visitPath(visit), 303)
  const form = await c.req.parseBody({ all: true })
  const facts = await readConnectPageFacts(ctx, visit)
  if (form.do === 'decline') return refuseNow(ctx, c, opened, facts)
  const application = facts.applications.find(({ parent }) => parent.id === form.connection)
  if (!application || application.reason === null) return c.redirect(visitPath(visit), 303)
  const uses = chosenRecipes(facts, application, [form.recipe ?? []].flat())
  if (!uses) return c.redirect(visitPath(visit, 'changed'), 303)
  if (application.reason === 'consent_needed') return allowNow(ctx, c, opened, application, uses)
  await keepAsking(ctx, opened, application)
  if (application.fields === null) return connect(ctx, c, opened, application, uses)
  return saveCredential(ctx, c, opened, { application, uses, values: typedCredential(form) })
}

/** Not now. What a product's person answered is held until the product confirms that it was them. */
async function refuseNow(
  ctx: AskingContext,
  c: Context,
  { visit, browser: { person } }: Opened,
  { applications }: ConnectPageFacts,
): Promise<Response> {
  const first = applications.find(({ reason }) => reason !== null)
  if (visit.external && first)
    return c.redirect(await holdAnswer(ctx, visit, { kind: 'decline', parent: first.parent, person }), 303)
  await decline(ctx, visit)
  return c.redirect(visitPath(visit), 303)
}

async function allowNow(
  ctx: AskingContext,
  c: Context,
  { visit, browser: { person } }: Opened,
  { parent, connectionId }: ConnectPageApplication,
  uses: RecipeUse[],
): Promise<Response> {
  if (connectionId === null || uses.length === 0) return c.redirect(visitPath(visit), 303)
  if (visit.external) return c.redirect(await holdAnswer(ctx, visit, { kind: 'allow', parent, person, uses }), 303)
  await allow(ctx, { visit, person, parentId: parent.id, connectionId, uses })
  return c.redirect(visitPath(visit, 'allowed'), 303)
}

/**
 * The recipes whose boxes were ticked, each for what the page showed; undefined when one of them does something else by now. Where the
 * workspace does without consent, all that wait.
 */
function chosenRecipes(
  { consentPerRecipe }: ConnectPageFacts,
  { recipes }: ConnectPageApplication,
  ticks: unknown[],
): RecipeUse[] | undefined {
  if (!consentPerRecipe) return recipes
  const chosen = recipes.filter(({ tick }) => ticks.includes(tick))
  const isKnown = (tick: unknown) => recipes.every(({ recipeId }) => !String(tick).startsWith(`${recipeId}.`))
  const stale = ticks.filter((tick) => !isKnown(tick) && !chosen.some((each) => each.tick === tick))
  return stale.length > 0 ? undefined : chosen
}

/** Sends the browser to the application. */
async function connect(
  ctx: AskingContext,
  c: Context,
  { visit, browser }: Opened,
  { parent, authorizationOrigin }: ConnectPageApplication,
  uses: RecipeUse[],
): Promise<Response> {
  const { person, sessionId, tieId } = browser
  const trip = { kind: 'child', parentId: parent.id, person, sessionId, tieId, visit, uses } as const
  const url = await startAttempt(ctx, trip)
  // why: the redirect of a form counts as a form action, so the application must be named here too.
  c.header('content-security-policy', `form-action 'self' ${authorizationOrigin}`)
  c.header('referrer-policy', 'no-referrer')
  return c.redirect(url.href, 303)
}

async function keepAsking(
  ctx: AskingContext,
  { visit, browser: { person } }: Opened,
  { parent, reason }: ConnectPageApplication,
): Promise<void> {
  if (reason) await keepRequestOpen(ctx, visit, { person, missing: [{ parentId: parent.id, reason }] })
}

export interface Allowing {
  visit: ConnectVisit
  person: Person
  parentId: ConnectionId
  connectionId: ConnectionId
  uses: RecipeUse[]
}

/** The account is connected already: the person's leave is all that was missing. */
export async function allow(
  ctx: AskingContext,
  { visit, person, parentId, connectionId, uses }: Allowing,
): Promise<void> {
  const { workspaceId, personId } = visit
  const others = 'consent_needed'
  await ctx.db.transaction().execute(async (tx) => {
    // why: a job that is asking for the same now either has committed, and is freed here, or waits for us and sees the consent.
    await keepRequestOpen({ ...ctx, db: tx }, visit, { person, missing: [{ parentId, reason: others }] })
    await giveConsent(ctx, tx, { workspaceId, personId, connectionId, uses })
    const recipeIds = uses.map(({ recipeId }) => recipeId)
    await freeRecipes(ctx, tx, { person, parentId, recipeIds, others })
    await endUntickedConsents(ctx, tx, { workspaceId, personId, connectionId, parentId, uses })
  })
}

function keepRequestOpen(
  ctx: AskingContext,
  { expiresAt }: ConnectVisit,
  wanted: Pick<Parameters<typeof openConnectRequests>[1], 'person' | 'missing'>,
): Promise<void> {
  return openConnectRequests(ctx.db, { ...wanted, expiresAt, now: ctx.clock() })
}

/** Not now ends the one job this visit is about, and the visit. From a page that was left open it ends nothing that has gone on meanwhile. */
export async function decline(ctx: AskingContext, visit: ConnectVisit): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    if (visit.jobId && !(await ctx.declineJob(tx, visit.jobId))) return
    await endVisit(tx, visit.id, 'declined')
    if (!visit.jobId && visit.parentId) {
      const request = { personId: visit.personId, parentId: visit.parentId }
      await closeUnlessWaitedFor(tx, { ...request, status: 'declined', now: ctx.clock() })
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
