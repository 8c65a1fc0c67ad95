import type { Tokens } from '#connections/grant.ts'
import { exchangeCode } from '#connections/oauth/token-endpoint.ts'
import { findParent, oauthServerOf, type Parent, redirectUriOf } from '#connections/parent.ts'
import { open } from '#connections/sealing/seal.ts'
import { OutsideError, type UserError } from '#core/errors.ts'
import { type ConnectionId, isId } from '#core/ids.ts'
import { actorOf, requirePrivilege } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import type { Session } from '#people/sessions.ts'
import { findOpenRequest } from './connect-request.ts'
import { findTiedPerson } from './connect-tie.ts'
import { type ConnectVisit, findVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { type Attempt, recordRefusal, refusal, refuse } from './refuse-callback.ts'
import { hashState } from './start-attempt.ts'
import { storeGrant } from './store-grant.ts'

/** What came to a parent's redirect URI, and from which browser. */
export interface Callback {
  parentId: ConnectionId
  query: URLSearchParams
  /** The browser's session, when it has one. */
  browser: { session: Session; person: Person } | undefined
  /** The token of its tie by code, when it has one. */
  tieToken: string | undefined
}

export interface FinishedAttempt {
  attempt: Attempt
  visit: ConnectVisit | undefined
  /** connected, or the person said no at the application. */
  outcome: 'connected' | 'denied'
}

/**
 * Finishes a trip to an application. Everything that ties the answer to its beginning is checked before the code is exchanged:
 * `state`, this parent's own redirect URI, the browser, the person, that it is the first answer, the issuer, that parent and request
 * still stand. Refuses with `UserError('callback_refused')`, audited; then nothing is stored, and what was given is revoked.
 */
export async function finishAttempt(ctx: AskingContext, callback: Callback): Promise<FinishedAttempt> {
  const attempt = await checkState(ctx, callback)
  await checkRedirectUri(ctx, attempt, callback)
  const person = await checkBrowser(ctx, attempt, callback)
  await consumeAttempt(ctx, attempt)
  const visit = attempt.visit_id ? await findVisit(ctx.db, attempt.visit_id) : undefined
  if (callback.query.get('error') === 'access_denied') return { attempt, visit, outcome: 'denied' }
  const parent = await checkParent(ctx, attempt)
  await checkIssuer(ctx, attempt, parent, callback)
  await checkWanted(ctx, attempt, person)
  const tokens = await exchange(ctx, attempt, parent, callback)
  await storeGrant(ctx, { attempt, parent, tokens, person, surface: visit?.surface ?? 'web' })
  return { attempt, visit, outcome: 'connected' }
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

async function checkBrowser(ctx: AskingContext, attempt: Attempt, callback: Callback): Promise<Person> {
  const { browser } = callback
  if (browser && browser.session.id === attempt.session_id && browser.person.id === attempt.person_id)
    return browser.person
  const tied = await checkTie(ctx, attempt, callback)
  if (tied) return tied
  await consumeAttempt(ctx, attempt)
  const message =
    'This was begun in another browser, or by somebody else. Nothing was connected; start again where you began.'
  throw await refuse(ctx, attempt, 'another_browser', message)
}

/** A browser tied by code is still tied, and nobody else has signed in there since. */
async function checkTie(ctx: AskingContext, attempt: Attempt, { browser, tieToken }: Callback) {
  const { tie_id: tieId, visit_id: visitId, person_id: personId } = attempt
  if (!tieId || !visitId || (browser && browser.person.id !== personId)) return undefined
  return (await findTiedPerson(ctx, { visitId, tieId, token: tieToken }))?.person
}

async function consumeAttempt(ctx: AskingContext, attempt: Attempt): Promise<void> {
  const consumed = await ctx.db
    .updateTable('connect_attempts')
    .set({ consumed_at: ctx.clock() })
    .where('id', '=', attempt.id)
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  if (consumed.numUpdatedRows === 0n)
    throw await refuse(ctx, attempt, 'replayed', 'This answer was used before. Go back and press Connect again.')
}

async function checkParent(ctx: AskingContext, attempt: Attempt): Promise<Parent> {
  const parent = await findParent(ctx.db, attempt.parent_id)
  if (parent && !parent.deleted && parent.clientVersion === attempt.client_version) return parent
  throw await refuse(
    ctx,
    attempt,
    'parent_changed',
    'This connection was changed or deleted meanwhile. Start again where you began.',
  )
}

/** RFC 9207: an answer that another server gave must not take its code to this one's token endpoint (mix-up). */
async function checkIssuer(ctx: AskingContext, attempt: Attempt, parent: Parent, { query }: Callback): Promise<void> {
  const { issuer } = oauthServerOf(ctx, parent)
  if (issuer === null || query.getAll('iss').every((iss) => iss === issuer)) return
  const message = 'This answer came from another server than the one you were sent to. Nothing was connected.'
  throw await refuse(ctx, attempt, 'another_issuer', message)
}

/** A child is connected for a request that is still open, not for one that was declined or has lapsed; a parent by whoever may still edit it. */
async function checkWanted(ctx: AskingContext, attempt: Attempt, person: Person): Promise<void> {
  if (attempt.kind === 'parent') return requirePrivilege(actorOf(person), 'connections.edit')
  if (await findOpenRequest(ctx.db, { personId: person.id, parentId: attempt.parent_id })) return
  throw await refuse(
    ctx,
    attempt,
    'request_over',
    'This request is over: it was declined, or has lapsed. Run the command again.',
  )
}

async function exchange(ctx: AskingContext, attempt: Attempt, parent: Parent, { query }: Callback): Promise<Tokens> {
  const url = redirectUriOf(ctx, parent.id)
  for (const [name, value] of query) url.searchParams.append(name, value)
  const place = { table: 'connect_attempts', id: attempt.id, column: 'sealed_verifier' } as const
  const verifier = await open<string>(ctx.keys, place, attempt.sealed_verifier)
  const wanted = { callback: url, state: query.get('state') ?? '', verifier }
  const answer = await exchangeCode(ctx, parent, wanted).catch(async (error) => {
    if (error instanceof OutsideError) await recordRefusal(ctx, attempt, error.code)
    throw error
  })
  if (answer.kind === 'granted') return answer.tokens
  throw await refuse(
    ctx,
    attempt,
    'code_refused',
    'The application did not accept its own answer. Press Connect again.',
  )
}
