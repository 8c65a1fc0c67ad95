import { oauthServerOf, type Parent } from '#connections/parent.ts'
import type { UserError } from '#core/errors.ts'
import { type ConnectionId, isId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import { actorOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import type { Session } from '#people/sessions.ts'
import { findTiedPerson } from './connect-tie.ts'
import { type ConnectVisit, findVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { findExternalPerson } from './external-browser.ts'
import { holdAnswer } from './hold-answer.ts'
import { checkParent, checkWanted, redeemCode } from './redeem-code.ts'
import { type Attempt, refusal, refuse } from './refuse-callback.ts'
import { findServicePerson } from './service-opener.ts'
import { hashState } from './start-attempt.ts'
import type { StoreOutcome } from './store-grant.ts'

/** What came to a parent's redirect URI, and from which browser. */
export interface Callback {
  parentId: ConnectionId
  query: URLSearchParams
  /** The browser's session, when it has one. */
  browser: { session: Session; person: Person } | undefined
  /** The token of its tie by code, when it has one. */
  tieToken: string | undefined
  /** The token by which a browser that opened a product's link is known again. */
  externalToken: string | undefined
}

export interface FinishedAttempt {
  attempt: Attempt
  visit: ConnectVisit | undefined
  /** What was stored; the person said no at the application; or held until the product of a person has confirmed it. */
  outcome: StoreOutcome | 'denied' | 'held'
  /** The product's address, where the browser goes. */
  returnTo?: string
}

/**
 * Finishes a trip to an application. Everything that ties the answer to its beginning is checked before the code is exchanged:
 * `state`, this parent's own redirect URI, the browser, the person, that it is the first answer, the issuer, that parent and request
 * still stand. Refuses with `UserError('callback_refused')`, audited; then nothing is stored, and what was given is revoked.
 */
export async function finishAttempt(ctx: AskingContext, callback: Callback): Promise<FinishedAttempt> {
  const attempt = await checkState(ctx, callback)
  await checkRedirectUri(ctx, attempt, callback)
  const visit = attempt.visit_id ? await findVisit(ctx.db, attempt.visit_id) : undefined
  const { jobId: job = null, traceparent: parent = null } = visit ?? {}
  return inSpan(ctx, { name: 'asking/callback', kind: 'server', job, parent }, () =>
    finishVisited(ctx, { attempt, visit, callback }),
  )
}

async function finishVisited(
  ctx: AskingContext,
  { attempt, visit, callback }: Pick<FinishedAttempt, 'attempt' | 'visit'> & { callback: Callback },
): Promise<FinishedAttempt> {
  const person = await checkBrowser(ctx, attempt, visit, callback)
  await consumeAttempt(ctx, attempt)
  if (callback.query.get('error') === 'access_denied') return { attempt, visit, outcome: 'denied' }
  const parent = await checkParent(ctx, attempt)
  await checkIssuer(ctx, attempt, parent, callback)
  await checkWanted(ctx, attempt, person)
  const { query } = callback
  if (visit?.external) {
    const answer = { kind: 'connect', parent, person, attemptId: attempt.id, query } as const
    return { attempt, visit, outcome: 'held', returnTo: await holdAnswer(ctx, visit, answer) }
  }
  const outcome = await redeemCode(ctx, { attempt, parent, person, query, surface: visit?.surface ?? 'web' })
  await recordDoneFor(ctx, person, { attempt, outcome, browser: callback.browser })
  return { attempt, visit, outcome }
}

function findAttempt(ctx: AskingContext, state: string) {
  return ctx.db.selectFrom('connect_attempts').selectAll().where('state_hash', '=', hashState(state)).executeTakeFirst()
}

async function checkState(ctx: AskingContext, callback: Callback): Promise<Attempt> {
  const attempt = await findAttempt(ctx, callback.query.get('state') ?? '')
  if (!attempt) throw await refuseUnknown(ctx, callback)
  if (attempt.expires_at <= ctx.clock())
    throw await refuse(ctx, attempt, 'lapsed', 'This took too long. Go back and press Connect again.')
  return attempt
}

/** An answer of nobody's is on record with whoever brought it; without a session it could be anybody's, who would flood the log. */
async function refuseUnknown(ctx: AskingContext, { parentId, browser }: Callback): Promise<UserError> {
  const details = { why: 'unknown_state', parent_id: isId('connection', parentId) ? parentId : null }
  if (browser) {
    const actor = actorOf(browser.person, browser.session.id)
    await recordAudit(ctx.db, actor, { action: 'connect.callback_refused', details })
  }
  return refusal('This answer belongs to no request of ours. Start again where you began.')
}

async function checkRedirectUri(ctx: AskingContext, attempt: Attempt, { parentId }: Callback): Promise<void> {
  if (attempt.parent_id === parentId) return
  await consumeAttempt(ctx, attempt)
  throw await refuse(ctx, attempt, 'swapped_connection', 'This answer was meant for another connection.')
}

async function checkBrowser(
  ctx: AskingContext,
  attempt: Attempt,
  visit: ConnectVisit | undefined,
  callback: Callback,
): Promise<Person> {
  const opener =
    (await findOpener(ctx, attempt, callback)) ??
    (await findExternalPerson(ctx, { attempt, visit, token: callback.externalToken }))
  if (opener) return opener
  await spendAttempt(ctx, attempt)
  const message =
    'This was begun in another browser, or by somebody else. Nothing was connected; start again where you began.'
  throw await refuse(ctx, attempt, 'another_browser', message)
}

/** The person an attempt is for, when this is the browser it was begun in and still theirs, by the same session or by the same tie. */
export async function findOpener(
  ctx: AskingContext,
  attempt: Attempt,
  { browser, tieToken }: Pick<Callback, 'browser' | 'tieToken'>,
): Promise<Person | undefined> {
  if (browser && browser.session.id === attempt.session_id && browser.person.id === attempt.person_id)
    return browser.person
  if (browser && browser.session.id === attempt.session_id)
    return findServicePerson(ctx, { opener: browser.person, personId: attempt.person_id })
  return checkTie(ctx, attempt, { browser, tieToken })
}

/** A browser tied by code is still tied, and nobody else has signed in there since. */
async function checkTie(
  ctx: AskingContext,
  attempt: Attempt,
  { browser, tieToken }: Pick<Callback, 'browser' | 'tieToken'>,
): Promise<Person | undefined> {
  const { tie_id: tieId, visit_id: visitId, person_id: personId } = attempt
  if (!tieId || !visitId || (browser && browser.person.id !== personId)) return undefined
  return (await findTiedPerson(ctx, { visitId, tieId, token: tieToken }))?.person
}

async function consumeAttempt(ctx: AskingContext, attempt: Attempt): Promise<void> {
  if (!(await spendAttempt(ctx, attempt)))
    throw await refuse(ctx, attempt, 'replayed', 'This answer was used before. Go back and press Connect again.')
}

/** False when it was used up before: by an answer, or because its browser was signed out. */
async function spendAttempt(ctx: AskingContext, attempt: Attempt): Promise<boolean> {
  const consumed = await ctx.db
    .updateTable('connect_attempts')
    .set({ consumed_at: ctx.clock() })
    .where('id', '=', attempt.id)
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  return consumed.numUpdatedRows > 0n
}

/** RFC 9207: an answer that another server gave must not take its code to this one's token endpoint (mix-up). */
async function checkIssuer(ctx: AskingContext, attempt: Attempt, parent: Parent, { query }: Callback): Promise<void> {
  const { issuer } = oauthServerOf(ctx, parent)
  if (issuer === null || query.getAll('iss').every((iss) => iss === issuer)) return
  const message = 'This answer came from another server than the one you were sent to. Nothing was connected.'
  throw await refuse(ctx, attempt, 'another_issuer', message)
}

/** Whoever connects for a service person is on record themselves. */
async function recordDoneFor(
  ctx: AskingContext,
  { id: person_id }: Person,
  { attempt, outcome, browser }: Pick<FinishedAttempt, 'attempt' | 'outcome'> & Pick<Callback, 'browser'>,
): Promise<void> {
  if (!browser || browser.person.id === person_id) return
  const actor = actorOf(browser.person, browser.session.id)
  const details = { person_id, parent_id: attempt.parent_id, outcome }
  await recordAudit(ctx.db, actor, { action: 'connect.done_for', targetId: person_id, details })
}
