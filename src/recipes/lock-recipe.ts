import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Recipe, recipeNotFound, recipeOfRow } from './stored-recipe.ts'

/** Reads a recipe and keeps others from changing it until the transaction ends. Throws `recipe_not_found`. */
export async function lockRecipe(
  tx: Db,
  { workspaceId, recipeId }: { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<Recipe> {
  const row = await tx
    .selectFrom('recipes')
    .selectAll()
    .where('id', '=', recipeId)
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw recipeNotFound(recipeId)
  return recipeOfRow(row)
}
