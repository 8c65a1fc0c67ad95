import { findLatestRequest } from '#asking/delegation-requests.ts'
import { findNamingRecipe, type NamingRecipe } from '#asking/naming-recipe.ts'
import { findDelegation, lockDelegable } from '#connections/delegations.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { canBeAsked } from '#jobs/ask-delegators.ts'
import { deliverOutbox } from '#jobs/deliver-outbox.ts'
import { requestDelegation } from '#jobs/request-delegation.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recipeNotFound } from '#recipes/stored-recipe.ts'
import type { CommandsContext } from '../context.ts'

/** A connection of a person that a recipe names, and whether it may use it. */
export interface NamedConnection {
  connection: { id: ConnectionId; name: string }
  person: { name: string }
  /**
   * delegated, until `at`; asked, declined: at `at`; ended: at `at`; lapsed: the recipe does more by now than was delegated;
   * not_asked: while it is stopped nobody is.
   */
  state: 'delegated' | 'asked' | 'declined' | 'ended' | 'lapsed' | 'not_asked'
  at: Date | null
}

/** The connections of people that a recipe names for functions, each with how its leave stands. Needs View recipes. */
export async function viewRecipeDelegations(
  ctx: CommandsContext,
  actor: Actor,
  recipeId: RecipeId,
): Promise<NamedConnection[]> {
  requirePrivilege(actor, 'recipes.view')
  const recipe = await loadNaming(ctx, actor, recipeId)
  if (recipe.named.length === 0) return []
  const rows = await ctx.db
    .selectFrom('connections')
    .innerJoin('persons', 'persons.id', 'connections.person_id')
    .select(['connections.id', 'connections.name', 'persons.name as person_name'])
    .where('connections.id', 'in', recipe.named)
    .where('connections.workspace_id', '=', recipe.workspaceId)
    .where('connections.deleted_at', 'is', null)
    .orderBy('connections.id')
    .execute()
  return Promise.all(
    rows.map(async ({ id, name, person_name }) => ({
      connection: { id, name },
      person: { name: person_name },
      ...(await stateOf(ctx, recipe, id)),
    })),
  )
}

/**
 * Asks the person of a connection that a started recipe names once more, also after they declined. Needs Edit recipes. Refuses
 * `delegation_asked_lately` (429) within 24 hours, `delegation_not_needed` when it is delegated, or not named, or the recipe is stopped.
 */
export async function askDelegatorAgain(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId, connectionId }: { recipeId: RecipeId; connectionId: ConnectionId },
): Promise<void> {
  requirePrivilege(actor, 'recipes.edit')
  const recipe = await loadNaming(ctx, actor, recipeId)
  await ctx.db.transaction().execute(async (tx) => {
    const [delegable] = await lockDelegable(tx, { connectionIds: [connectionId], recipeIds: [recipeId] })
    const isNamed = recipe.status === 'started' && recipe.named.includes(connectionId)
    const { state } = await stateOf({ ...ctx, db: tx }, recipe, connectionId)
    if (!isNamed || !delegable || !canBeAsked(delegable) || state === 'delegated') throw notNeeded()
    const askedBy = actor.kind === 'person' ? actor.person.id : null
    await requestDelegation(ctx, tx, { delegable, recipe, askedBy, again: true })
  })
  await deliverOutbox(ctx)
}

async function loadNaming(ctx: CommandsContext, actor: Actor, recipeId: RecipeId): Promise<NamingRecipe> {
  const recipe = await findNamingRecipe(ctx, ctx.db, { workspaceId: workspaceOf(actor), recipeId })
  if (!recipe) throw recipeNotFound(recipeId)
  return recipe
}

async function stateOf(
  { db, clock }: CommandsContext & { db: Db },
  recipe: NamingRecipe,
  connectionId: ConnectionId,
): Promise<Pick<NamedConnection, 'state' | 'at'>> {
  const pair = { connectionId, recipeId: recipe.id }
  const given = await findDelegation(db, pair, { footprint: recipe.use.footprint, now: clock() })
  if (given?.state === 'active') return { state: 'delegated', at: given.until }
  const asked = await findLatestRequest(db, pair)
  if (asked?.status === 'open') return { state: 'asked', at: asked.told_at ?? asked.created_at }
  if (asked?.status === 'declined') return { state: 'declined', at: asked.finished_at }
  if (given?.state === 'lapsed') return { state: 'lapsed', at: null }
  return given ? { state: 'ended', at: given.until } : { state: 'not_asked', at: null }
}

const notNeeded = () =>
  new UserError(
    'delegation_not_needed',
    'There is nothing to ask: it is delegated, or not named by a started recipe.',
    {
      status: 409,
    },
  )
