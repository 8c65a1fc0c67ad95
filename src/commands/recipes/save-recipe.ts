import type { RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { askDelegators } from '#jobs/ask-delegators.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { restoreVersion } from '#recipes/restore-version.ts'
import { type SavedVersion, saveRecipeVersion } from '#recipes/save-recipe-version.ts'
import type { CommandsContext } from '../context.ts'
import { writeApproved } from './approve-switch.ts'
import { completeRecipe, type ViewedRecipe } from './view-recipe.ts'
import { webhookUrl } from './webhook-address.ts'

export interface SavedRecipe extends ViewedRecipe {
  /** The secret address of a started recipe that has just become a webhook, shown this once; null otherwise. */
  webhookUrl: string | null
}

/**
 * Saves a recipe's next version, in force at once when it is started. Needs Edit recipes, and to change a switch its privileges too
 * (`switch_needs_privileges`). Refuses `recipe_invalid`, `recipe_not_found`, `recipe_version_conflict`.
 */
export function saveRecipe(
  ctx: CommandsContext,
  actor: Actor,
  change: { recipeId: RecipeId; document: unknown; comment?: string | undefined; expectedVersion: number },
): Promise<SavedRecipe> {
  requirePrivilege(actor, 'recipes.edit')
  const { recipeId, document, expectedVersion } = change
  return writeApproved(ctx, actor, { by: 'save', recipeId }, async (tx, approve) => {
    const next = { ...named(actor, recipeId), expectedVersion, comment: change.comment ?? null, approve, document }
    const saved = await saveRecipeVersion({ ...ctx, db: tx }, next)
    return record(ctx, tx, actor, saved)
  })
}

/**
 * Saves the document of an earlier version as the next one. Needs View and Edit recipes, and privileges as `saveRecipe`; refuses as that,
 * and `recipe_version_not_found`. Without `expectedVersion` it is saved on top of whatever version is current.
 */
export function restoreRecipe(
  ctx: CommandsContext,
  actor: Actor,
  change: { recipeId: RecipeId; version: number; expectedVersion?: number | undefined },
): Promise<SavedRecipe> {
  requirePrivilege(actor, 'recipes.view', 'recipes.edit')
  const { recipeId, version } = change
  return writeApproved(ctx, actor, { by: 'restore', recipeId }, async (tx, approve) => {
    const { version: current } = await loadRecipe(tx, named(actor, recipeId))
    const next = { ...named(actor, recipeId), version, expectedVersion: change.expectedVersion ?? current, approve }
    const saved = await restoreVersion({ ...ctx, db: tx }, next)
    return record(ctx, tx, actor, saved, { restored: version })
  })
}

function named(actor: Actor, recipeId: RecipeId) {
  return { workspaceId: workspaceOf(actor), recipeId, personId: actor.kind === 'person' ? actor.person.id : null }
}

async function record(
  ctx: CommandsContext,
  tx: Db,
  actor: Actor,
  { recipe, webhookSecret }: SavedVersion,
  more: Record<string, unknown> = {},
): Promise<SavedRecipe> {
  const { id: targetId, name, version } = recipe
  await recordAudit(tx, actor, { action: 'recipe.changed', targetId, details: { name, version, ...more } })
  await askDelegators(ctx, tx, { recipe, by: actor })
  const viewed = await completeRecipe(ctx, tx, recipe)
  return { ...viewed, webhookUrl: webhookSecret && webhookUrl(ctx, recipe.id, webhookSecret) }
}
