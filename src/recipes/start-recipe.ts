import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { loadRecipe } from './load-recipe.ts'
import { lockParents, type StartDependencies } from './load-recipe-facts.ts'
import { lockRecipe } from './lock-recipe.ts'
import { putInForce, type SavedVersion, versionConflict } from './save-recipe-version.ts'

/**
 * Starts a recipe: from now on its trigger invokes it. Starting a started recipe validates it again and changes nothing else.
 * A webhook gets its secret at its first start, returned this once; later starts keep its address.
 *
 * Throws `recipe_invalid` with every problem, `recipe_not_found`, and `recipe_version_conflict` when a version was saved at the same moment.
 * A parent that is deleted at the same moment either stops the recipe again or keeps it from starting.
 */
export async function startRecipe(
  { db, ...dependencies }: StartDependencies,
  ids: { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<SavedVersion> {
  return inTransaction(db, async (tx) => {
    const { document, version } = await loadRecipe(tx, ids)
    await lockParents(tx, ids.workspaceId, document)
    const recipe = await lockRecipe(tx, ids)
    if (recipe.version !== version) throw versionConflict(recipe.version)
    const webhookSecret = await putInForce({ ...dependencies, db: tx }, recipe, document)
    await tx
      .updateTable('recipes')
      .set({
        status: 'started',
        stopped_reason: null,
        ...(recipe.status === 'stopped' && { started_at: dependencies.clock() }),
      })
      .where('id', '=', recipe.id)
      .execute()
    return { recipe: await loadRecipe(tx, ids), webhookSecret }
  })
}
