import type { RecipeId } from '#core/ids.ts'
import { endJobsOfRecipe } from '#jobs/end-jobs-of-recipe.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { deleteRecipe as remove } from '#recipes/delete-recipe.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import type { CommandsContext } from '../context.ts'

/**
 * Deletes a recipe: nobody can run it any more, jobs that wait for somebody end, and all stay on record. Needs Edit recipes. Refuses
 * `recipe_not_found`.
 */
export async function deleteRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<void> {
  requirePrivilege(actor, 'recipes.edit')
  const name = await ctx.db.transaction().execute(async (tx) => {
    const ids = { workspaceId: workspaceOf(actor), recipeId }
    const { name } = await loadRecipe(tx, ids)
    await remove(tx, ids)
    await recordAudit(tx, actor, { action: 'recipe.deleted', targetId: recipeId, details: { name } })
    return name
  })
  await endJobsOfRecipe(ctx, { id: recipeId, name })
}
