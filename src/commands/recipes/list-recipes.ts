import type { ProjectId, RecipeId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { type Difference, differences } from '#recipes/difference.ts'
import {
  type RecipeVersion,
  listRecipes as readRecipes,
  listRecipeVersions as readVersions,
} from '#recipes/list-recipes.ts'
import { loadRecipe, loadRecipeVersion } from '#recipes/load-recipe.ts'
import type { CommandsContext } from '../context.ts'
import { allAsListed, type ListedRecipe } from './view-recipe.ts'

export type { RecipeVersion }

/** The workspace's recipes, the newest first; `before` is the id of the last of the page before. Needs View recipes. */
export async function listRecipes(
  ctx: CommandsContext,
  actor: Actor,
  { projectId, before, limit }: { projectId?: ProjectId | undefined; before?: RecipeId | undefined; limit: number },
): Promise<ListedRecipe[]> {
  requirePrivilege(actor, 'recipes.view')
  const filter = { ...(projectId !== undefined && { projectId }), ...(before !== undefined && { before }) }
  return allAsListed(ctx.db, await readRecipes(ctx.db, { workspaceId: workspaceOf(actor), ...filter, limit }))
}

/** A recipe's versions, the newest first. Needs View recipes. Refuses `recipe_not_found`. */
export async function listRecipeVersions(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<RecipeVersion[]> {
  requirePrivilege(actor, 'recipes.view')
  const { id } = await loadRecipe(ctx.db, { workspaceId: workspaceOf(actor), recipeId })
  return readVersions(ctx.db, id)
}

/** In what a later version differs from an earlier one. Needs View recipes. Refuses `recipe_not_found`, `recipe_version_not_found`. */
export async function compareVersions(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId, from, to }: { recipeId: RecipeId; from: number; to: number },
): Promise<Difference[]> {
  requirePrivilege(actor, 'recipes.view')
  const { id } = await loadRecipe(ctx.db, { workspaceId: workspaceOf(actor), recipeId })
  return differences(await loadRecipeVersion(ctx.db, id, from), await loadRecipeVersion(ctx.db, id, to))
}
