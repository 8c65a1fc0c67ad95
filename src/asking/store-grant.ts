import { sql } from 'kysely'
import { authorizeChild, authorizeParent, identifyAccount, type OutsideAccount } from '#connections/authorize.ts'
import type { Tokens } from '#connections/grant.ts'
import type { Parent } from '#connections/parent.ts'
import { attemptRevocations, revokeLater } from '#connections/revocations.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import type { Db } from '#database/db.ts'
import { actorOf } from '#people/actor.ts'
import type { Person } from '#people/person.ts'
import { findOpenRequest } from './connect-request.ts'
import { giveConsent } from './consents.ts'
import type { AskingContext } from './context.ts'
import { freeRecipes } from './free-recipes.ts'
import { type Attempt, recordRefusal, refusal } from './refuse-callback.ts'

/** Fresh tokens at the end of a trip whose opener has been checked. */
export interface Storing {
  attempt: Attempt
  parent: Parent
  person: Person
  tokens: Tokens
  surface: string
}

/**
 * Asks the application whose tokens these are, and stores them if everybody concerned is still there, in the transaction that moves on
 * the jobs that waited. When nothing can be stored the tokens are revoked, and the refusal is thrown and on record.
 */
export async function storeGrant(ctx: AskingContext, storing: Storing): Promise<void> {
  const { attempt, parent, tokens } = storing
  const { replaced } = await tryToStore(ctx, storing).catch(async (error) => {
    if (error instanceof UserError || error instanceof OutsideError) await recordRefusal(ctx, attempt, error.code)
    // why: tokens that belong to nobody here must not live on at the application.
    const revocation = await revokeLater(ctx, ctx.db, { connectionId: parent.id, parent, tokens })
    await attemptRevocations(ctx, revocation)
    throw error
  })
  if (replaced) await attemptRevocations(ctx, replaced)
}

async function tryToStore(ctx: AskingContext, storing: Storing): Promise<{ replaced: string | null }> {
  const account = await identifyAccount(ctx, storing.parent, storing.tokens)
  return ctx.db.transaction().execute((tx) => storeAlive(ctx, tx, storing, account))
}

async function storeAlive(
  ctx: AskingContext,
  tx: Db,
  { attempt, parent, person, tokens, surface }: Storing,
  account: OutsideAccount,
): Promise<{ replaced: string | null }> {
  await lockAlive(tx, attempt)
  if (attempt.kind === 'parent') return authorizeParent(ctx, tx, { parent, actor: actorOf(person), tokens, account })
  const request = { personId: person.id, parentId: parent.id }
  if (!(await findOpenRequest(tx, request))) throw refusal('This request ended meanwhile. Run the command again.')
  const { connectionId, replaced } = await authorizeChild(ctx, tx, { parent, person, tokens, account, surface })
  const uses = attempt.uses.map(({ recipe_id: recipeId, footprint }) => ({ recipeId, footprint }))
  const recipeIds = uses.map(({ recipeId }) => recipeId)
  await giveConsent(ctx, tx, { workspaceId: attempt.workspace_id, personId: person.id, connectionId, uses })
  await freeRecipes(ctx, tx, { person, parentId: parent.id, recipeIds, others: 'consent_needed' })
  return { replaced }
}

/** Holds parent and person as they are until the commit; refuses when one is gone or changed since the exchange. */
async function lockAlive(tx: Db, attempt: Attempt): Promise<void> {
  const { rows } = await sql<{ alive: boolean }>`
    select parent.deleted_at is null and parent.client_version = ${attempt.client_version} and person.status = 'active' as alive
    from connections parent, persons person
    where parent.id = ${attempt.parent_id} and person.id = ${attempt.person_id}
    for share`.execute(tx)
  if (!rows[0]?.alive) throw refusal('The connection or your access was withdrawn meanwhile. Nothing was connected.')
}
