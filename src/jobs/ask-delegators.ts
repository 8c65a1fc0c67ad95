import { findNamingRecipe } from '#asking/naming-recipe.ts'
import { findDelegation, lockDelegable } from '#connections/delegations.ts'
import type { Db } from '#database/db.ts'
import type { Actor } from '#people/actor.ts'
import { namedIn } from '#recipes/delegations-needed.ts'
import type { RecipeWithDocument } from '#recipes/stored-recipe.ts'
import { withdrawDelegationRequests } from '#recipes/withdraw-delegation-requests.ts'
import type { JobsContext } from './context.ts'
import { type Delegable, requestDelegation } from './request-delegation.ts'

/**
 * Asks whoever has not delegated a connection that this recipe names, or not for all it does by now, and withdraws what it asked for before
 * and names no more; in the caller's transaction, which holds the recipe. Does nothing for a stopped one.
 */
export async function askDelegators(
  ctx: JobsContext,
  tx: Db,
  { recipe: stored, by }: { recipe: RecipeWithDocument; by: Actor },
): Promise<void> {
  const { id: recipeId, workspaceId, status, document } = stored
  if (status !== 'started') return
  const named = namedIn(document)
  await withdrawDelegationRequests(tx, [recipeId], named)
  const recipe = named.length > 0 && (await findNamingRecipe(ctx, tx, { workspaceId, recipeId }))
  if (!recipe) return
  const { footprint } = recipe.use
  const askedBy = by.kind === 'person' ? by.person.id : null
  for (const delegable of await lockDelegable(tx, { connectionIds: named, recipeIds: [recipeId] })) {
    const given = await findDelegation(tx, { connectionId: delegable.id, recipeId }, { footprint, now: ctx.clock() })
    if (given?.state !== 'active' && canBeAsked(delegable))
      await requestDelegation(ctx, tx, { delegable, recipe, askedBy })
  }
}

/** Whoever has left is not asked; nor are people of a product, who have no place here to answer. */
export const canBeAsked = ({ person_status, person_kind }: Delegable): boolean =>
  person_status === 'active' && person_kind !== 'external'
