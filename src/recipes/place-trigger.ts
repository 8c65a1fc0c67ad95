import type { Db } from '#database/db.ts'
import { recipeInvalid } from './problem.ts'
import type { Trigger } from './recipe.ts'
import type { Recipe } from './stored-recipe.ts'
import { commandTaken } from './validation/trigger.ts'
import { hashWebhookSecret, newWebhookSecret } from './webhook-secret.ts'

/**
 * Makes a recipe's row of `recipe_triggers` say what invokes it. A webhook that has an address keeps it;
 * otherwise its new secret is returned. Of two recipes that start with one command at once, the second to commit
 * throws `recipe_invalid` with `command_taken`.
 */
export async function placeTrigger(tx: Db, recipe: Recipe, trigger: Trigger): Promise<string | null> {
  const held = await tx.selectFrom('recipe_triggers').selectAll().where('recipe_id', '=', recipe.id).executeTakeFirst()
  if (trigger.kind === 'webhook') {
    if (held?.kind === 'webhook') return null
    const secret = newWebhookSecret()
    await replaceTrigger(tx, recipe, 'webhook', hashWebhookSecret(secret))
    return secret
  }
  const key = trigger.kind === 'command' ? trigger.command : recipe.id
  if (held?.kind === trigger.kind && held.key === key) return null
  const placed = await replaceTrigger(tx, recipe, trigger.kind, key)
  if (!placed && trigger.kind === 'command') throw recipeInvalid([commandTaken(trigger.command)])
  return null
}

/** False when another recipe holds the key. */
export async function replaceTrigger(
  tx: Db,
  { id, workspaceId }: Recipe,
  kind: Trigger['kind'],
  key: string,
): Promise<boolean> {
  await tx.deleteFrom('recipe_triggers').where('recipe_id', '=', id).execute()
  const row = await tx
    .insertInto('recipe_triggers')
    .values({ recipe_id: id, workspace_id: workspaceId, kind, key })
    // why: no error, which would spoil a transaction of the caller's; a racing insert is waited for.
    .onConflict((conflict) => conflict.columns(['workspace_id', 'kind', 'key']).doNothing())
    .returning('recipe_id')
    .executeTakeFirst()
  return row !== undefined
}
