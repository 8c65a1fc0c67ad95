import { sql } from 'kysely'
import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { lockRecipe } from './lock-recipe.ts'
import { removeSchedules } from './schedules.ts'
import { withdrawDelegationRequests } from './withdraw-delegation-requests.ts'

/**
 * Deletes a recipe: nothing invokes or lists it any more, its command and address are free, its connections no longer know it.
 * Its versions stay for the jobs that ran them. Throws `recipe_not_found`.
 */
export async function deleteRecipe(db: Db, ids: { workspaceId: WorkspaceId; recipeId: RecipeId }): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { id } = await lockRecipe(tx, ids)
    await tx
      .updateTable('recipes')
      .set({ status: 'stopped', stopped_reason: null, deleted_at: sql<Date>`now()` })
      .where('id', '=', id)
      .execute()
    await tx.deleteFrom('recipe_triggers').where('recipe_id', '=', id).execute()
    await removeSchedules(tx, [id])
    await withdrawDelegationRequests(tx, [id])
    await tx.deleteFrom('recipe_connections').where('recipe_id', '=', id).execute()
    await tx.deleteFrom('recipe_runners').where('recipe_id', '=', id).execute()
  })
}
