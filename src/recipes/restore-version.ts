import { inTransaction } from '#database/in-transaction.ts'
import { loadRecipe, loadRecipeVersion } from './load-recipe.ts'
import type { StartDependencies } from './load-recipe-facts.ts'
import { type SavedVersion, saveRecipeVersion, type VersionChange } from './save-recipe-version.ts'

/**
 * Saves the document of an earlier version as the next one, with everything that saving asks for: approval of a changed switch,
 * validation when started. Throws as `saveRecipeVersion`, and `recipe_version_not_found`.
 */
export async function restoreVersion(
  { db, ...dependencies }: StartDependencies,
  { version, ...change }: VersionChange & { version: number },
): Promise<SavedVersion> {
  return inTransaction(db, async (tx) => {
    // Makes sure of the workspace before a version is read.
    await loadRecipe(tx, change)
    const document = await loadRecipeVersion(tx, change.recipeId, version)
    const comment = change.comment ?? `Version ${version} restored`
    return saveRecipeVersion({ ...dependencies, db: tx }, { ...change, comment, document })
  })
}
