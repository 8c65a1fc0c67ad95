import type { RecipeId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { renewWebhookSecret } from '#recipes/webhooks.ts'
import type { CommandsContext } from '../context.ts'

/** The address by which a webhook's recipe is called: whoever knows it may. */
export function webhookUrl(ctx: CommandsContext, recipeId: RecipeId, secret: string): string {
  return new URL(`/hooks/${recipeId}/${secret}`, ctx.publicUrl).href
}

/**
 * Gives a webhook recipe a new address, shown this once; the one before stops at once. Needs Edit recipes.
 * Refuses `recipe_not_found`, `recipe_not_webhook`.
 */
export async function renewWebhookAddress(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<string> {
  requirePrivilege(actor, 'recipes.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const secret = await renewWebhookSecret(tx, { workspaceId: workspaceOf(actor), recipeId })
    const details = { webhook_address: 'renewed' }
    await recordAudit(tx, actor, { action: 'recipe.changed', targetId: recipeId, details })
    return webhookUrl(ctx, recipeId, secret)
  })
}
