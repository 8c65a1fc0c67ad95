import { type DelegationRequest, declineDelegationRequest } from '#asking/delegation-requests.ts'
import { findNamingRecipe, type NamingRecipe } from '#asking/naming-recipe.ts'
import { tickOf } from '#asking/waiting-recipes.ts'
import { lockDelegable } from '#connections/delegations.ts'
import { UserError } from '#core/errors.ts'
import type { DelegationId, DelegationRequestId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { endDelegatedJobs } from '#jobs/continue-delegated.ts'
import { deliverOutbox } from '#jobs/deliver-outbox.ts'
import { tellBuilder } from '#jobs/tell-builder.ts'
import { type Actor, type PersonActor, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'
import { recordRefusal } from '../record-refusal.ts'
import { peopleOf, putDelegation, requireEnd } from './delegations.ts'

const DEFAULT_MS = 90 * 24 * 60 * 60 * 1000

export interface Acceptance {
  id: DelegationRequestId
  /** What the request showed that the recipe does. */
  shown: string
  /** Left out: in 90 days. */
  until?: Date | undefined
}

/**
 * Delegates what is asked for, for what its person was shown, and moves on the jobs that wait for it. Only the person whose connection it is,
 * by their own session; for a service person whoever may create connections. Refuses `delegation_request_not_found`,
 * `delegation_request_over`, `delegation_request_changed` when the recipe does something else by now, `delegation_end_invalid`.
 */
export async function acceptDelegationRequest(
  ctx: CommandsContext,
  actor: Actor,
  { id, shown, until = new Date(ctx.clock().getTime() + DEFAULT_MS) }: Acceptance,
): Promise<DelegationId> {
  requireEnd(until, ctx.clock())
  const { request, by } = await findMine(ctx, actor, id)
  const outcome = await ctx.db.transaction().execute(async (tx) => {
    const recipe = await lockOpen(ctx, tx, request)
    if (tickOf(recipe.use) !== shown) return 'changed'
    const { person_id: ownerId, connection_id: connectionId, recipe_id: recipeId } = request
    const { footprint } = recipe.use
    return putDelegation(ctx, tx, { by, ownerId, connectionId, recipeId, footprint, until })
  })
  if (outcome !== 'changed') return outcome
  const code = 'delegation_request_changed'
  await recordRefusal(ctx, actor, { what: `accept ${id}`, code, missing: null })
  throw new UserError(code, 'The recipe was changed since you looked. Look again at what it would do.', { status: 409 })
}

/**
 * Declines it: the jobs that wait for it end `cancelled`, the builder is told, and it is not asked again unless they want to. By whom, and what it
 * refuses: as `acceptDelegationRequest`.
 */
export async function declineDelegation(ctx: CommandsContext, actor: Actor, id: DelegationRequestId): Promise<void> {
  const { request } = await findMine(ctx, actor, id)
  const { workspace_id: workspaceId, connection_id: connectionId, recipe_id: recipeId, person_id } = request
  await ctx.db.transaction().execute(async (tx) => {
    const recipe = await lockOpen(ctx, tx, request)
    if (!(await declineDelegationRequest(tx, id, ctx.clock()))) throw over()
    const details = { person_id, connection_id: connectionId, recipe_id: recipeId }
    await recordAudit(tx, actor, { action: 'delegation.declined', targetId: id, details })
    const end = { status: 'cancelled', code: 'declined', message: DECLINED } as const
    await endDelegatedJobs(ctx, tx, { connectionId, recipeId, end })
    const text = `A connection that “${recipe.name}” names was not delegated to it: its person declined. Name another, or ask again on the recipe’s page.`
    await tellBuilder(ctx, tx, { workspaceId, recipeId, subject: `“${recipe.name}” was declined a connection`, text })
  })
  await deliverOutbox(ctx)
}

const DECLINED = 'The person whose connection it uses declined to delegate it.'

/** An open request that is the actor's to answer. A stranger's try is on record. */
async function findMine(
  ctx: CommandsContext,
  actor: Actor,
  id: DelegationRequestId,
): Promise<{ request: DelegationRequest; by: PersonActor }> {
  const by = requirePerson(actor)
  const request = await ctx.db
    .selectFrom('delegation_requests')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceOf(actor))
    .executeTakeFirst()
  if (request && (await peopleOf(ctx, by)).includes(request.person_id)) return { request, by }
  const code = 'delegation_request_not_found'
  if (request) await recordRefusal(ctx, actor, { what: `answer ${id}`, code, missing: null })
  throw new UserError(code, 'There is no such request, or it is not yours to answer.', { status: 404 })
}

/** Holds the request and its connection; what the recipe does now. Refuses what was answered, withdrawn, or has no object any more. */
async function lockOpen(ctx: CommandsContext, tx: Db, request: DelegationRequest): Promise<NamingRecipe> {
  const { workspace_id: workspaceId, connection_id: connectionId, recipe_id: recipeId, person_id } = request
  const [held] = await lockDelegable(tx, { connectionIds: [connectionId], recipeIds: [recipeId] })
  const open = await tx
    .selectFrom('delegation_requests')
    .select('id')
    .where('id', '=', request.id)
    .where('status', '=', 'open')
    .forUpdate()
    .executeTakeFirst()
  const recipe = await findNamingRecipe(ctx, tx, { workspaceId, recipeId })
  const isTheirs = held?.person_id === person_id && held.person_status === 'active'
  if (!open || !isTheirs || recipe?.status !== 'started' || !recipe.named.includes(connectionId)) throw over()
  return recipe
}

const over = () =>
  new UserError('delegation_request_over', 'This was answered or withdrawn meanwhile: there is nothing to answer.', {
    status: 409,
  })
