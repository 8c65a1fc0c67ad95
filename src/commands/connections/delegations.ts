import { endDelegations, giveDelegation, listDelegations } from '#connections/delegations.ts'
import { UserError } from '#core/errors.ts'
import { type ConnectionId, type DelegationId, newId, type PersonId, type RecipeId } from '#core/ids.ts'
import { type Actor, hasPrivilege, type PersonActor } from '#people/actor.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { mayRun } from '#recipes/runnable-recipes.ts'
import { documentOfRow, selectRecipes } from '#recipes/stored-recipe.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

/** A delegation, with what it is for by now. */
export interface ViewedDelegation {
  id: DelegationId
  person: { id: PersonId; name: string }
  connection: { id: ConnectionId; name: string; accountLabel: string | null }
  /** Null when the recipe was deleted. */
  recipe: { id: RecipeId; name: string } | null
  /** active; lapsed: the recipe does more by now than was delegated, or is gone; expired: its date is over. */
  state: 'active' | 'lapsed' | 'expired'
  /** What the recipe does by now beyond what was delegated. */
  growth: string[]
  createdAt: Date
  expiresAt: Date
}

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
  const now = ctx.clock()
  const { connectionId, recipeId, until } = wanted
  if (until <= now || until.getTime() > now.getTime() + MOST_MS)
    throw new UserError('delegation_end_invalid', 'Choose an end date in the future, at most a year ahead.', {
      status: 422,
    })
  const owner = await findOwner(ctx, delegator, connectionId)
  const recipe = await loadRecipe(ctx.db, { workspaceId, recipeId })
  if (!hasPrivilege(actor, 'recipes.view') && !(await mayRun(ctx.db, { personId: delegator.person.id, recipeId })))
    throw new UserError('recipe_not_shared', 'This recipe is not shared with you. Ask its builder.', { status: 403 })
  const id = newId('delegation')
  const row = {
    id,
    workspace_id: workspaceId,
    person_id: owner.id,
    connection_id: connectionId,
    recipe_id: recipeId,
    footprint: footprintOf(recipe.document, ctx.connectors),
    created_by: delegator.person.id,
    created_at: now,
    expires_at: until,
    ended_at: null,
  }
  await ctx.db.transaction().execute((tx) => giveDelegation(tx, actor, row))
  return id
}

/** Ends a delegation of one's own, or of a service person; a job that goes by it is stopped before its next request. */
export async function endDelegation(ctx: CommandsContext, actor: Actor, id: DelegationId): Promise<void> {
  const delegator = requirePerson(actor)
  const delegations = await viewDelegations(ctx, actor)
  const mine = delegations.find((each) => each.id === id)
  if (!mine)
    throw new UserError('delegation_not_found', 'There is no such delegation, or it is not yours to end.', {
      status: 404,
    })
  const why = mine.person.id === delegator.person.id ? 'by_person' : 'by_administrator'
  const wanted = { connectionId: mine.connection.id, id, why, now: ctx.clock() } as const
  await ctx.db.transaction().execute((tx) => endDelegations(tx, actor, wanted))
}

/** One's own delegations that were not ended, the newest first; for whoever may create connections those of service persons as well. */
export async function viewDelegations(ctx: CommandsContext, actor: Actor): Promise<ViewedDelegation[]> {
  const delegator = requirePerson(actor)
  const people = await peopleOf(ctx, delegator)
  const rows = await listDelegations(ctx.db, [...people.keys()])
  const connections = await connectionsById(
    ctx,
    rows.map(({ connection_id }) => connection_id),
  )
  const recipes = await recipesById(
    ctx,
    delegator,
    rows.map(({ recipe_id }) => recipe_id),
  )
  return rows.map((row) => {
    const { id, person_id, connection_id, recipe_id, footprint, created_at: createdAt, expires_at: expiresAt } = row
    const recipe = recipes.get(recipe_id)
    const growth = (recipe?.footprint ?? []).filter((each) => !footprint.includes(each))
    const connection = connections.get(connection_id)
    const state = expiresAt <= ctx.clock() ? 'expired' : !recipe || growth.length > 0 ? 'lapsed' : 'active'
    return {
      id,
      person: { id: person_id, name: people.get(person_id) ?? '' },
      connection: { id: connection_id, name: connection?.name ?? '', accountLabel: connection?.account_label ?? null },
      recipe: recipe ? { id: recipe_id, name: recipe.name } : null,
      state,
      growth,
      createdAt,
      expiresAt,
    }
  })
}

/** For whom somebody decides: themselves, and service persons. */
async function peopleOf(ctx: CommandsContext, actor: PersonActor): Promise<Map<PersonId, string>> {
  const { id, name, workspaceId } = actor.person
  const services = hasPrivilege(actor, 'connections.create')
    ? await ctx.db
        .selectFrom('persons')
        .select(['id', 'name'])
        .where('workspace_id', '=', workspaceId)
        .where('kind', '=', 'service')
        .where('status', '=', 'active')
        .execute()
    : []
  return new Map([[id, name], ...services.map((each) => [each.id, each.name] as const)])
}

async function findOwner(ctx: CommandsContext, actor: PersonActor, id: ConnectionId): Promise<{ id: PersonId }> {
  const row = await ctx.db
    .selectFrom('connections')
    .select('person_id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  const people = await peopleOf(ctx, actor)
  if (row?.person_id && people.has(row.person_id)) return { id: row.person_id }
  throw new UserError('connection_not_found', 'You have no such connection. It may have been deleted.', { status: 404 })
}

async function connectionsById(ctx: CommandsContext, ids: ConnectionId[]) {
  if (ids.length === 0) return new Map()
  const rows = await ctx.db
    .selectFrom('connections')
    .select(['id', 'name', 'account_label'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

async function recipesById(ctx: CommandsContext, { person }: PersonActor, ids: RecipeId[]) {
  if (ids.length === 0) return new Map<RecipeId, { name: string; footprint: string[] }>()
  const rows = await selectRecipes(ctx.db, person.workspaceId).where('recipes.id', 'in', ids).execute()
  return new Map(
    rows.map((row) => [row.id, { name: row.name, footprint: footprintOf(documentOfRow(row), ctx.connectors) }]),
  )
}
