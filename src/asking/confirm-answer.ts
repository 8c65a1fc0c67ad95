import { writeNotice } from '#connections/notices.ts'
import { authenticationOf } from '#connections/parent.ts'
import { open } from '#connections/sealing/seal.ts'
import { Bug, OutsideError, UserError } from '#core/errors.ts'
import type { ConnectionId, NamespaceId } from '#core/ids.ts'
import type { ApiKeyActor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { allow, decline } from './answer-connect-page.ts'
import { readConnectPageFacts } from './connect-page-facts.ts'
import { type ConnectVisit, endVisit, findVisit, isOpen, visitPath } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { hashCompletion, heldPlace } from './hold-answer.ts'
import { checkParent, checkWanted, redeemCode } from './redeem-code.ts'
import { storeTyped } from './save-credential.ts'

export interface Confirmation {
  /** The product's key; `namespaceId` is its own. */
  key: ApiKeyActor & { namespaceId: NamespaceId }
  connectionId: ConnectionId
  completion: string
  /** Its signed-in user, as it told: undefined for one it never spoke of before. */
  person: Person | undefined
  /** The product's own id of them, for the notice. */
  externalId: string
}

export interface Confirmed {
  outcome: 'connected' | 'allowed' | 'declined'
  /** Where the same browser connects what is still missing; null when nothing is. */
  nextUrl: string | null
}

/**
 * Does what a browser answered, now that the product says whose browser it was: exchanges the code, once, and stores the grant; stores the
 * credential that was typed, when the application still accepts it; or puts the leave, or the refusal, on record. Whoever presents a completion spends it. Refuses with `completion_refused` (403), on record, one that
 * is unknown, was presented before, is older than a minute, or belongs to another product, connection or person.
 */
export async function confirmAnswer(ctx: AskingContext, confirmation: Confirmation): Promise<Confirmed> {
  const { held, visit, person } = await takeHeld(ctx, confirmation)
  try {
    const outcome = await perform(ctx, { held, visit, person })
    await tell(ctx, confirmation, visit, { outcome, error: null })
    await recordAudit(ctx.db, confirmation.key, {
      action: 'connect.answer_confirmed',
      targetId: held.connection_id,
      details: { person_id: person.id, outcome },
    })
    return { outcome, nextUrl: await findNext(ctx, visit) }
  } catch (error) {
    if (error instanceof UserError || error instanceof OutsideError)
      await tell(ctx, confirmation, visit, { outcome: 'failed', error: error.code })
    throw error
  }
}

type Held = NonNullable<Awaited<ReturnType<typeof take>>>
interface Performing {
  held: Held
  visit: ConnectVisit
  person: Person
}

async function takeHeld(ctx: AskingContext, confirmation: Confirmation): Promise<Performing> {
  const { key, connectionId, person } = confirmation
  const held = await take(ctx, confirmation)
  if (!held) throw await refuse(ctx, confirmation, 'unknown_or_used')
  const visit = await findVisit(ctx.db, held.visit_id)
  if (visit?.external?.namespaceId !== key.namespaceId) throw await refuse(ctx, confirmation, 'another_namespace')
  if (held.connection_id !== connectionId) throw await refuse(ctx, confirmation, 'another_connection')
  if (!person || visit.personId !== person.id) throw await refuse(ctx, confirmation, 'another_person')
  if (person.status !== 'active') throw await refuse(ctx, confirmation, 'person_deactivated')
  if (held.expires_at <= ctx.clock()) throw await refuse(ctx, confirmation, 'lapsed')
  if (!isOpen(visit, ctx.clock())) throw await refuse(ctx, confirmation, 'visit_over')
  return { held, visit, person }
}

/** Of several at once one gets it, and what it holds sealed is kept no longer. */
function take(ctx: AskingContext, { completion }: Confirmation) {
  return ctx.db.transaction().execute(async (tx) => {
    const held = await tx
      .updateTable('held_answers')
      .set({ taken_at: ctx.clock() })
      .where('completion_hash', '=', hashCompletion(completion))
      .where('taken_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (held) await tx.updateTable('held_answers').set({ sealed_query: null }).where('id', '=', held.id).execute()
    return held
  })
}

async function refuse(ctx: AskingContext, { key, connectionId }: Confirmation, why: string): Promise<UserError> {
  await recordAudit(ctx.db, key, { action: 'connect.completion_refused', targetId: connectionId, details: { why } })
  return new UserError(
    'completion_refused',
    'This completion is unknown, was used before, is older than 60 seconds, or is not of this connection and person. Nothing was connected; send the person a fresh link.',
    { status: 403 },
  )
}

async function perform(ctx: AskingContext, performing: Performing): Promise<Confirmed['outcome']> {
  const { held, visit, person } = performing
  if (held.kind === 'connect') {
    await redeem(ctx, performing)
    return 'connected'
  }
  if (held.kind === 'decline') {
    await decline(ctx, visit)
    return 'declined'
  }
  const { parent_id: parentId } = await ctx.db
    .selectFrom('connections')
    .select('parent_id')
    .where('id', '=', held.connection_id)
    .executeTakeFirstOrThrow()
  if (!parentId) throw new Bug(`held answer ${held.id} is about no child`)
  const uses = held.uses.map(({ recipe_id: recipeId, footprint }) => ({ recipeId, footprint }))
  await allow(ctx, { visit, person, parentId, connectionId: held.connection_id, uses })
  return 'allowed'
}

async function redeem(ctx: AskingContext, { held, visit, person }: Performing): Promise<void> {
  const attempt = await ctx.db
    .selectFrom('connect_attempts')
    .selectAll()
    .where('id', '=', held.attempt_id)
    .executeTakeFirst()
  if (!attempt || !held.sealed_query) throw new Bug(`held answer ${held.id} has lost its trip or its code`)
  const parent = await checkParent(ctx, attempt)
  await checkWanted(ctx, attempt, person)
  const query = new URLSearchParams(await open<string>(ctx.keys, heldPlace(held.id), held.sealed_query))
  const storing = { attempt, parent, person, surface: visit.surface }
  if (authenticationOf(ctx, parent).kind === 'oauth2') await redeemCode(ctx, { ...storing, query })
  else await storeTyped(ctx, { ...storing, values: Object.fromEntries(query) })
}

/** The page where the same browser goes on, while something is missing still; else the visit is over. */
async function findNext(ctx: AskingContext, visit: ConnectVisit): Promise<string | null> {
  const now = await findVisit(ctx.db, visit.id)
  if (!now || !isOpen(now, ctx.clock())) return null
  const { applications } = await readConnectPageFacts(ctx, visit)
  if (applications.some(({ reason }) => reason !== null)) return new URL(visitPath(visit), ctx.publicUrl).href
  await endVisit(ctx.db, visit.id, 'done')
  return null
}

async function tell(
  ctx: AskingContext,
  { connectionId, externalId }: Confirmation,
  { workspaceId, external }: ConnectVisit,
  told: { outcome: Confirmed['outcome'] | 'failed'; error: string | null },
): Promise<void> {
  if (!external?.callbackUrl) return
  const body = { connection_id: connectionId, external_id: externalId, ...told }
  const { namespaceId, callbackUrl: url } = external
  await writeNotice(ctx, { workspaceId, namespaceId, url, body: { type: 'runtime_user_connection', ...body } })
}
