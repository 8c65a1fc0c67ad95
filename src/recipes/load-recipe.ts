import { UserError } from '#core/errors.ts'
import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { RecipeDocument } from './recipe.ts'
import { documentOfRow, type RecipeWithDocument, recipeNotFound, recipeOfRow } from './stored-recipe.ts'

/** A recipe of this workspace with its current document. Throws `recipe_not_found`, also for one that was deleted. */
export async function loadRecipe(
  db: Db,
  { workspaceId, recipeId }: { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<RecipeWithDocument> {
  const row = await db
    .selectFrom('recipes')
    .innerJoin('recipe_versions', (join) =>
      join
        .onRef('recipe_versions.recipe_id', '=', 'recipes.id')
        .onRef('recipe_versions.version', '=', 'recipes.version'),
    )
    .selectAll('recipes')
    .select('recipe_versions.document')
    .where('recipes.id', '=', recipeId)
    .where('recipes.workspace_id', '=', workspaceId)
    .where('recipes.deleted_at', 'is', null)
    .executeTakeFirst()
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
