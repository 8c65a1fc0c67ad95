import type { RecipeId } from '#core/ids.ts'
import { askDelegators } from '#jobs/ask-delegators.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { startRecipe as start } from '#recipes/start-recipe.ts'
import { stopRecipe as stop } from '#recipes/stop-recipe.ts'
import type { CommandsContext } from '../context.ts'
import { asListed, type ListedRecipe } from './view-recipe.ts'
import { webhookUrl } from './webhook-address.ts'

export interface StartedRecipe extends ListedRecipe {
  /** The secret address of a webhook at its first start, shown this once; null otherwise. */
  webhookUrl: string | null
}

/**
 * Starts a recipe when everything about it is right. Needs Start and stop recipes.
 * Refuses `recipe_invalid` with every problem, `recipe_not_found`, `recipe_version_conflict`.
 */
export async function startRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<StartedRecipe> {
  requirePrivilege(actor, 'recipes.start_stop')
  return ctx.db.transaction().execute(async (tx) => {
    const ids = { workspaceId: workspaceOf(actor), recipeId }
    const { recipe, webhookSecret } = await start({ ...ctx, db: tx }, ids)
    const details = { name: recipe.name, version: recipe.version }
    await recordAudit(tx, actor, { action: 'recipe.started', targetId: recipeId, details })
    await askDelegators(ctx, tx, { recipe, by: actor })
    return { ...(await asListed(tx, recipe)), webhookUrl: webhookSecret && webhookUrl(ctx, recipeId, webhookSecret) }
  })
}

/** Stops a recipe; a job that asks its person takes no answer until it is started again. Needs Start and stop recipes. Refuses `recipe_not_found`. */
export async function stopRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<ListedRecipe> {
  requirePrivilege(actor, 'recipes.start_stop')
  return ctx.db.transaction().execute(async (tx) => {
    const ids = { workspaceId: workspaceOf(actor), recipeId }
    await stop(tx, { ...ids, reason: null })
    const recipe = await loadRecipe(tx, ids)
    await recordAudit(tx, actor, { action: 'recipe.stopped', targetId: recipeId, details: { name: recipe.name } })
    return asListed(tx, recipe)
  })
}
