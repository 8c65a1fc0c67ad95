import type { ConnectionId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { lockRecipe } from './lock-recipe.ts'
import { removeSchedules } from './schedules.ts'
import { withdrawDelegationRequests } from './withdraw-delegation-requests.ts'

/**
 * Stops a recipe: nothing invokes it any more, and what it asks people to delegate is withdrawn. Jobs that run go on, those that are queued
 * or connected for meanwhile end, and those that ask take no answer until it is started again. `reason` is shown with it, null when a person
 * stops it.
 * A command becomes free for others; a webhook keeps its address for the next start. Stopping a stopped recipe changes nothing,
 * its reason included. Answers whether it was started. Throws `recipe_not_found`.
 */
export async function stopRecipe(
  db: Db,
  { reason, ...ids }: { workspaceId: WorkspaceId; recipeId: RecipeId; reason: string | null },
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const recipe = await lockRecipe(tx, ids)
    if (recipe.status === 'stopped') return false
    await stopAll(tx, [recipe.id], reason)
    return true
  })
}

/**
 * Stops every started recipe whose current version names a connection, used by a step or not, and returns them.
 * Called in the transaction that deletes the connection, after its row was changed: then none can start in between.
 */
export async function stopRecipesUsing(
  db: Db,
  { connectionId, reason }: { connectionId: ConnectionId; reason: string },
): Promise<{ id: RecipeId; name: string }[]> {
  return inTransaction(db, async (tx) => {
    const recipes = await tx
      .selectFrom('recipes')
      .innerJoin('recipe_connections', 'recipe_connections.recipe_id', 'recipes.id')
      .select(['recipes.id', 'recipes.name'])
      .where('recipe_connections.connection_id', '=', connectionId)
      .where('recipes.status', '=', 'started')
      .where('recipes.deleted_at', 'is', null)
      .orderBy('recipes.id')
      .forUpdate('recipes')
      .execute()
    await stopAll(
      tx,
      recipes.map(({ id }) => id),
      reason,
    )
    return recipes
  })
}

async function stopAll(tx: Db, recipeIds: RecipeId[], reason: string | null): Promise<void> {
  if (recipeIds.length === 0) return
  await tx
    .updateTable('recipes')
    .set({ status: 'stopped', stopped_reason: reason })
    .where('id', 'in', recipeIds)
    .execute()
  await removeSchedules(tx, recipeIds)
  await withdrawDelegationRequests(tx, recipeIds)
  await tx.deleteFrom('recipe_triggers').where('recipe_id', 'in', recipeIds).where('kind', '<>', 'webhook').execute()
}
