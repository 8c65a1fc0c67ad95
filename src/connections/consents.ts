import type { ConnectionId, ConsentId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/** Ends what a person allowed recipes, or one recipe, to do with a connection of theirs, in the caller's transaction. Answers which. */
export async function withdrawConsents(
  tx: Db,
  { connectionId, recipeId, now }: { connectionId: ConnectionId; recipeId?: RecipeId; now: Date },
): Promise<ConsentId[]> {
  let query = tx
    .updateTable('consents')
    .set({ withdrawn_at: now })
    .where('connection_id', '=', connectionId)
    .where('withdrawn_at', 'is', null)
  if (recipeId) query = query.where('recipe_id', '=', recipeId)
  const rows = await query.returning('id').execute()
  return rows.map(({ id }) => id)
}
