import type { RecipeId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { exportRecipe as write } from '#recipes/export-recipe.ts'
import type { ExportedRecipe } from '#recipes/exported-recipe.ts'
import type { CommandsContext } from '../context.ts'

export { recipeJsonSchema } from '#recipes/parse-recipe.ts'

/** A recipe as one file, without secrets, ids or anybody's own connection. Needs View recipes. Refuses `recipe_not_found`. */
export async function exportRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<ExportedRecipe> {
  requirePrivilege(actor, 'recipes.view')
  return ctx.db.transaction().execute(async (tx) => {
    const file = await write(tx, { workspaceId: workspaceOf(actor), recipeId })
    await recordAudit(tx, actor, { action: 'recipe.exported', targetId: recipeId })
    return file
  })
}
