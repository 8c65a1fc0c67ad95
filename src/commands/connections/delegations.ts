import { settleDelegationRequests } from '#asking/delegation-requests.ts'
import { endDelegations, giveDelegation, lockDelegable } from '#connections/delegations.ts'
import { UserError } from '#core/errors.ts'
import { type ConnectionId, type DelegationId, newId, type PersonId, type RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { continueDelegated } from '#jobs/continue-delegated.ts'
import { type Actor, hasPrivilege, type PersonActor, requirePrivilege } from '#people/actor.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { loadProgram } from '#recipes/program.ts'
import { mayRun } from '#recipes/runnable-recipes.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'
import { readDelegations, type ViewedDelegation } from './read-delegations.ts'

export type { ViewedDelegation }

const MOST_MS = 366 * 24 * 60 * 60 * 1000

export interface DelegationWanted {
  connectionId: ConnectionId
  recipeId: RecipeId
  until: Date
}

/**
 * Lets one recipe use a connection of one's own without oneself, for what the recipe does now, until a date; of a service person, by whoever
 * may create connections. What was given for the two before is over. Refuses `person_needed`, `connection_not_found`, `recipe_not_found`,
 * `recipe_not_shared`, `delegation_end_invalid` (not in the future, or more than a year ahead).
 */
export async function delegate(ctx: CommandsContext, actor: Actor, wanted: DelegationWanted): Promise<DelegationId> {
  const delegator = requirePerson(actor)
  const { workspaceId } = delegator.person
  const { connectionId, recipeId, until } = wanted
  requireEnd(until, ctx.clock())
  const ownerId = await findOwner(ctx, delegator, connectionId)
  const recipe = await loadRecipe(ctx.db, { workspaceId, recipeId })
  if (!hasPrivilege(actor, 'recipes.view') && !(await mayRun(ctx.db, { personId: delegator.person.id, recipeId })))
    throw new UserError('recipe_not_shared', 'This recipe is not shared with you. Ask its builder.', { status: 403 })
  const footprint = footprintOf(await loadProgram(ctx.db, recipe), ctx.connectors)
  return ctx.db.transaction().execute(async (tx) => {
    await lockDelegable(tx, { connectionIds: [connectionId], recipeIds: [recipeId] })
    return putDelegation(ctx, tx, { by: delegator, ownerId, connectionId, recipeId, footprint, until })
  })
}

/**
 * Puts leave on record and moves on the jobs that waited for it, in the caller's transaction, which holds the connection. What was asked for
 * the two, or declined, is answered.
 */
export async function putDelegation(
  ctx: CommandsContext,
  tx: Db,
  given: DelegationWanted & { by: PersonActor; ownerId: PersonId; footprint: readonly string[] },
): Promise<DelegationId> {
  const { by, ownerId, connectionId, recipeId, footprint, until } = given
  const now = ctx.clock()
  const id = newId('delegation')
  await giveDelegation(tx, by, {
    id,
    workspace_id: by.person.workspaceId,
    person_id: ownerId,
    connection_id: connectionId,
    recipe_id: recipeId,
    footprint: [...footprint],
    created_by: by.person.id,
    created_at: now,
    expires_at: until,
    ended_at: null,
  })
  await settleDelegationRequests(tx, { connectionId, recipeId }, now)
  await continueDelegated(tx, { connectionId, recipeId })
  return id
}

/** Refuses `delegation_end_invalid`: not in the future, or more than a year ahead. */
export function requireEnd(until: Date, now: Date): void {
  if (until > now && until.getTime() <= now.getTime() + MOST_MS) return
  throw new UserError('delegation_end_invalid', 'Choose an end date in the future, at most a year ahead.', {
    status: 422,
  })
}

/** Ends a delegation of one's own, or of a service person; a job that goes by it is stopped before its next request. */
export async function endDelegation(ctx: CommandsContext, actor: Actor, id: DelegationId): Promise<void> {
  const delegator = requirePerson(actor)
  const [mine] = await readDelegations(ctx, actor, { id, personIds: await peopleOf(ctx, delegator) })
  await endViewed(ctx, actor, mine)
}

/** One's own delegations that were not ended, the newest first; for whoever may create connections those of service persons as well. */
export async function viewDelegations(ctx: CommandsContext, actor: Actor): Promise<ViewedDelegation[]> {
  return readDelegations(ctx, actor, { personIds: await peopleOf(ctx, requirePerson(actor)) })
}

/**
 * What recipes may do without their person with the connections of one person, with one connection, or with all beneath a parent. With
 * View runtime user connections.
 */
export async function viewDelegationsOf(
  ctx: CommandsContext,
  actor: Actor,
  { personId, connectionId }: { personId?: PersonId | undefined; connectionId?: ConnectionId | undefined },
): Promise<ViewedDelegation[]> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  return readDelegations(ctx, actor, { connectionId, ...(personId && { personIds: [personId] }) })
}

/** Ends anybody's delegation, as `endDelegation` does. With Edit runtime user connections. */
export async function endDelegationOf(ctx: CommandsContext, actor: Actor, id: DelegationId): Promise<void> {
  requirePrivilege(actor, 'runtime_user_connections.edit')
  const [viewed] = await readDelegations(ctx, actor, { id })
  await endViewed(ctx, actor, viewed)
}

async function endViewed(ctx: CommandsContext, actor: Actor, viewed: ViewedDelegation | undefined): Promise<void> {
  if (!viewed)
    throw new UserError('delegation_not_found', 'There is no such delegation, or it is not yours to end.', {
      status: 404,
    })
  const { id, connection, person } = viewed
  const isTheirs = actor.kind === 'person' && actor.person.id === person.id
  const why = isTheirs ? 'by_person' : 'by_administrator'
  const wanted = { connectionId: connection.id, id, why, now: ctx.clock() } as const
  await ctx.db.transaction().execute((tx) => endDelegations(tx, actor, wanted))
}

/** For whom somebody decides: themselves, and service persons. */
export async function peopleOf(ctx: CommandsContext, actor: PersonActor): Promise<PersonId[]> {
  const { id, workspaceId } = actor.person
  if (!hasPrivilege(actor, 'connections.create')) return [id]
  const services = await ctx.db
    .selectFrom('persons')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', 'service')
    .where('status', '=', 'active')
    .execute()
  return [id, ...services.map((each) => each.id)]
}

async function findOwner(ctx: CommandsContext, actor: PersonActor, id: ConnectionId): Promise<PersonId> {
  const row = await ctx.db
    .selectFrom('connections')
    .select('person_id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (row?.person_id && (await peopleOf(ctx, actor)).includes(row.person_id)) return row.person_id
  throw new UserError('connection_not_found', 'You have no such connection. It may have been deleted.', { status: 404 })
}
