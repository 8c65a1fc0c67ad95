import type { RecipeId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { type Runners, setRunners } from '#recipes/runners.ts'
import type { CommandsContext } from '../context.ts'
import { completeRecipe, type ViewedRecipe } from './view-recipe.ts'

/** Replaces who may run a recipe. Needs Edit recipes. Refuses `recipe_not_found`, `runner_unknown`. */
export async function shareRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId, ...runners }: Runners & { recipeId: RecipeId },
): Promise<ViewedRecipe> {
  requirePrivilege(actor, 'recipes.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const ids = { workspaceId: workspaceOf(actor), recipeId }
    await setRunners(tx, { ...ids, ...runners })
    const details = { everyone: runners.everyone, people: runners.personIds, groups: runners.groupIds }
    await recordAudit(tx, actor, { action: 'recipe.shared', targetId: recipeId, details })
    return completeRecipe(ctx, tx, await loadRecipe(tx, ids))
  })
}
