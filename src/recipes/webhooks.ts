import { timingSafeEqual } from 'node:crypto'
import { UserError } from '#core/errors.ts'
import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { loadRecipeVersion } from './load-recipe.ts'
import { lockRecipe } from './lock-recipe.ts'
import { replaceTrigger } from './place-trigger.ts'
import { documentOfRow, type RecipeWithDocument, recipeOfRow } from './stored-recipe.ts'
import { hashWebhookSecret, newWebhookSecret } from './webhook-secret.ts'

/**
 * The started recipe that a webhook's address names: its id and its secret. Undefined when there is none, it is stopped,
 * or the secret is another's; which of these it was is nobody's business.
 */
export async function findWebhook(
  db: Db,
  { recipeId, secret }: { recipeId: string; secret: string },
): Promise<RecipeWithDocument | undefined> {
  // why: PostgreSQL takes no NUL.
  if (!/^\w+$/.test(recipeId)) return undefined
  const row = await db
    .selectFrom('recipe_triggers')
    .innerJoin('recipes', 'recipes.id', 'recipe_triggers.recipe_id')
    .innerJoin('recipe_versions', (join) =>
      join
        .onRef('recipe_versions.recipe_id', '=', 'recipes.id')
        .onRef('recipe_versions.version', '=', 'recipes.version'),
    )
    .selectAll('recipes')
    .select(['recipe_versions.document', 'recipe_triggers.key'])
    .where('recipe_triggers.recipe_id', '=', recipeId as RecipeId)
    .where('recipe_triggers.kind', '=', 'webhook')
    .where('recipes.status', '=', 'started')
    .where('recipes.deleted_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined || !isSame(row.key, hashWebhookSecret(secret))) return undefined
  return { ...recipeOfRow(row), document: documentOfRow(row) }
}

/**
 * Gives a webhook recipe a new secret and returns it, this once; the old address stops at once. Works while stopped:
 * the next start keeps it. Throws `recipe_not_found`, and `recipe_not_webhook` for another trigger.
 */
export async function renewWebhookSecret(
  db: Db,
  ids: { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<string> {
  return inTransaction(db, async (tx) => {
    const recipe = await lockRecipe(tx, ids)
    const { trigger } = await loadRecipeVersion(tx, recipe.id, recipe.version)
    if (trigger.kind !== 'webhook') {
      throw new UserError('recipe_not_webhook', 'Only a recipe with a webhook trigger has an address.', { status: 409 })
    }
    const secret = newWebhookSecret()
    await replaceTrigger(tx, recipe, 'webhook', hashWebhookSecret(secret))
    return secret
  })
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
