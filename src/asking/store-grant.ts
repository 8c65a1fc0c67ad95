import { sql } from 'kysely'
import { authorizeChild, authorizeParent, identifyAccount, type OutsideAccount } from '#connections/authorize.ts'
import { refuseSharedAccount } from '#connections/check-account.ts'
import { describeApplication } from '#connections/describe-application.ts'
import { isWrongCredential } from '#connections/form-credential.ts'
import type { Tokens } from '#connections/grant.ts'
import type { Parent } from '#connections/parent.ts'
import { attemptRevocations, revokeLater } from '#connections/revocations.ts'
import { missingScopes } from '#connections/standing.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import type { Db } from '#database/db.ts'
import { actorOf } from '#people/actor.ts'
import type { Person } from '#people/person.ts'
import { findOpenRequest } from './connect-request.ts'
import { endUntickedConsents, giveConsent } from './consents.ts'
import type { AskingContext } from './context.ts'
import { findDoubt } from './find-doubt.ts'
import { freeRecipes } from './free-recipes.ts'
import { holdGrant, revokeHeld, takeHeld } from './held-grant.ts'
import { type Attempt, REQUEST_OVER, recordRefusal, refusal } from './refuse-callback.ts'

/** Fresh tokens at the end of a trip whose opener has been checked. */
export interface Storing {
  attempt: Attempt
  parent: Parent
  person: Person
  tokens: Tokens
  surface: string
}

/**
 * What became of a trip. `left_out`: connected, but not with all that is needed, so that nothing goes on yet; `unconfirmed`: nothing is
 * stored until the person has said that they mean this account.
 */
export type StoreOutcome = 'connected' | 'left_out' | 'unconfirmed'

interface Stored {
  outcome: StoreOutcome
  /** The revocation of the grant that stood here before. */
  replaced: string | null
}

/**
 * Asks the application whose tokens these are, and stores them if everybody concerned is still there, in the transaction that moves on
 * the jobs that waited; or holds them, when the account is not the one to be expected. When neither can be done the tokens are revoked, and
 * the refusal is thrown and on record.
 */
export async function storeGrant(ctx: AskingContext, storing: Storing): Promise<StoreOutcome> {
  const { attempt, parent, tokens } = storing
  let account: OutsideAccount | undefined
  try {
    const identified = await identifyAccount(ctx, parent, tokens)
    account = identified
    return await commit(ctx, (tx) => storeOrHold(ctx, tx, storing, identified))
  } catch (error) {
    // What a person typed was never given to us by the application: there is no access of ours to end there.
    const typed = tokens.connectedBy === 'form'
    // A wrong credential is on record with its try.
    if ((error instanceof UserError || error instanceof OutsideError) && !(typed && isWrongCredential(error)))
      await recordRefusal(ctx, attempt, error.code)
    if (typed) throw error
    // why: tokens that belong to nobody here must not live on at the application.
    const ended = { connectionId: parent.id, parent, tokens, accountId: account?.id ?? null }
    await attemptRevocations(ctx, await revokeLater(ctx, ctx.db, ended))
    throw error
  }
}

/**
 * Stores what was held, now that its person has said they mean that account. Everything is looked at again as at the callback; what cannot
 * be stored any more is revoked, and the refusal thrown and on record.
 */
export async function storeHeld(ctx: AskingContext, storing: Omit<Storing, 'tokens'>): Promise<StoreOutcome> {
  const { attempt } = storing
  try {
    return await commit(ctx, async (tx) => {
      const held = await takeHeld(ctx, tx, attempt.id)
      if (!held) throw refusal('This took too long, or was answered before. Go back and press Connect again.')
      await lockAlive(tx, attempt)
      return storeChild(ctx, tx, { ...storing, ...held })
    })
  } catch (error) {
    if (error instanceof UserError) await recordRefusal(ctx, attempt, error.code)
    await revokeHeld(ctx, attempt.id)
    throw error
  }
}

async function commit(ctx: AskingContext, store: (tx: Db) => Promise<Stored>): Promise<StoreOutcome> {
  const { outcome, replaced } = await ctx.db.transaction().execute(store)
  if (replaced) await attemptRevocations(ctx, replaced)
  return outcome
}

async function storeOrHold(ctx: AskingContext, tx: Db, storing: Storing, account: OutsideAccount): Promise<Stored> {
  const { attempt, parent, person, tokens } = storing
  await lockAlive(tx, attempt)
  if (attempt.kind === 'parent') {
    const { replaced } = await authorizeParent(ctx, tx, { parent, actor: actorOf(person), tokens, account })
    return { outcome: 'connected', replaced }
  }
  await refuseSharedAccount(tx, { parent, person, account })
  const doubt = await findDoubt(tx, { parent, person, account })
  if (!doubt || !canBeAsked(attempt)) return storeChild(ctx, tx, { ...storing, account, insteadOf: null })
  await holdGrant(ctx, tx, { attempt, tokens, account, ...doubt })
  return { outcome: 'unconfirmed', replaced: null }
}

/** The person of a product is asked by it, not by us: their other account is refused. */
const canBeAsked = ({ session_id, tie_id }: Attempt): boolean => session_id !== null || tie_id !== null

async function storeChild(
  ctx: AskingContext,
  tx: Db,
  { attempt, ...child }: Storing & { account: OutsideAccount; insteadOf: string | null },
): Promise<Stored> {
  const { parent, person, tokens } = child
  const request = await findOpenRequest(tx, { personId: person.id, parentId: parent.id })
  if (!request) throw refusal(REQUEST_OVER)
  const { connectionId, replaced } = await authorizeChild(ctx, tx, child)
  await tellConnected(ctx, tx, { attempt, ...child })
  const uses = attempt.uses.map(({ recipe_id: recipeId, footprint }) => ({ recipeId, footprint }))
  const whose = { workspaceId: attempt.workspace_id, personId: person.id, connectionId }
  await giveConsent(ctx, tx, { ...whose, uses })
  if (missingScopes(ctx, parent, tokens).length > 0) {
    await tx.updateTable('connect_requests').set({ reason: 'scope_missing' }).where('id', '=', request.id).execute()
    return { outcome: 'left_out', replaced }
  }
  const recipeIds = uses.map(({ recipeId }) => recipeId)
  await freeRecipes(ctx, tx, { person, parentId: parent.id, recipeIds, others: 'consent_needed' })
  await endUntickedConsents(ctx, tx, { ...whose, parentId: parent.id, uses })
  return { outcome: 'connected', replaced }
}

/** In the chat the person was asked in, which says as whom: they would notice an account that is not theirs. */
async function tellConnected(
  ctx: AskingContext,
  tx: Db,
  { attempt, parent, person, account, surface }: Storing & { account: OutsideAccount },
): Promise<void> {
  const visit = await tx
    .selectFrom('connect_visits')
    .select('job_id')
    .where('id', '=', attempt.visit_id)
    .executeTakeFirst()
  if (!visit) return
  const { label } = describeApplication(ctx, parent)
  const text = `${label} is connected, as ${account.label}.`
  await ctx.tellPerson(tx, { person, jobId: visit.job_id, surface, text })
}

/** A browser that was tied by a code may have been denied since. First, as where links are burnt: the link's row before the person's. */
async function lockUnburnt(tx: Db, { visit_id }: Attempt): Promise<void> {
  const visit = await tx
    .selectFrom('connect_visits')
    .select('id')
    .where('id', '=', visit_id)
    .where('status', '<>', 'burnt')
    .forShare()
    .executeTakeFirst()
  if (!visit) throw refusal('This link was given up meanwhile. Nothing was connected.')
}

/** Holds parent and person as they are until the commit; refuses when one is gone or changed since the exchange. */
async function lockAlive(tx: Db, attempt: Attempt): Promise<void> {
  if (attempt.tie_id !== null) await lockUnburnt(tx, attempt)
  const { rows } = await sql<{ alive: boolean }>`
    select parent.deleted_at is null and parent.client_version = ${attempt.client_version} and person.status = 'active' as alive
    from connections parent, persons person
    where parent.id = ${attempt.parent_id} and person.id = ${attempt.person_id}
    for share`.execute(tx)
  if (!rows[0]?.alive) throw refusal('The connection or your access was withdrawn meanwhile. Nothing was connected.')
}
