import type { RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { createRecipe, type NewRecipe } from './create-recipe.ts'
import { exportRecipe } from './export-recipe.ts'
import { importRecipe } from './import-recipe.ts'
import { loadRecipe, loadRecipeVersion } from './load-recipe.ts'
import type { RecipeWithDocument } from './stored-recipe.ts'

/**
 * Makes a stopped recipe like another of the same workspace, or like an earlier version of it, shared with nobody. Within its project and environment it keeps
 * the connections; elsewhere they are found by name, as `importRecipe` does. A copied switch is a changed one to `approve`.
 * Throws `recipe_not_found`, `recipe_version_not_found`, and as `createRecipe`.
 */
export async function copyRecipe(
  db: Db,
  { recipeId, version, name, ...target }: NewRecipe & { recipeId: RecipeId; version?: number; name?: string },
): Promise<RecipeWithDocument> {
  return inTransaction(db, async (tx) => {
    const source = await loadRecipe(tx, { workspaceId: target.workspaceId, recipeId })
    const renamed = { name: name ?? nameOfCopy(source.name) }
    if (source.projectId === target.projectId && source.environment === target.environment) {
      const document = version === undefined ? source.document : await loadRecipeVersion(tx, recipeId, version)
      return createRecipe(tx, { ...target, document: { ...document, ...renamed } })
    }
    const file = await exportRecipe(tx, { workspaceId: target.workspaceId, recipeId, version })
    return importRecipe(tx, { ...target, file: { ...file, recipe: { ...file.recipe, ...renamed } } })
  })
}

/** Within the 120 characters of a name. */
function nameOfCopy(name: string): string {
  // why: half a character, which a cut may leave, is refused.
  return `Copy of ${name}`.slice(0, 120).replace(/[\ud800-\udbff]$/, '')
}
