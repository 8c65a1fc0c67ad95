import { UserError } from '#core/errors.ts'
import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { RecipeDocument } from './recipe.ts'
import { documentOfRow, type RecipeWithDocument, recipeNotFound, recipeOfRow, selectRecipes } from './stored-recipe.ts'

/** A recipe of this workspace with its current document. Throws `recipe_not_found`, also for one that was deleted. */
export async function loadRecipe(
  db: Db,
  { workspaceId, recipeId }: { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<RecipeWithDocument> {
  const row = await selectRecipes(db, workspaceId).where('recipes.id', '=', recipeId).executeTakeFirst()
  if (row === undefined) throw recipeNotFound(recipeId)
  return { ...recipeOfRow(row), document: documentOfRow(row) }
}

/**
 * The document of one version, also of a recipe that was deleted since: a job that runs goes by the version it began with.
 * The caller has made sure of the workspace. Throws `recipe_version_not_found`.
 */
export async function loadRecipeVersion(db: Db, recipeId: RecipeId, version: number): Promise<RecipeDocument> {
  const row = await db
    .selectFrom('recipe_versions')
    .select('document')
    .where('recipe_id', '=', recipeId)
    .where('version', '=', version)
    .executeTakeFirst()
  if (row !== undefined) return documentOfRow(row)
  throw new UserError('recipe_version_not_found', `The recipe has no version ${version}.`, {
    status: 404,
    details: { recipeId, version },
  })
}
