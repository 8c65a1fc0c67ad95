import type { ConnectionId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/** The recipes, started or not, whose current version names a connection, and whether with the switch on; by name. */
export async function recipesUsing(
  db: Db,
  connectionId: ConnectionId,
): Promise<{ id: RecipeId; name: string; status: 'stopped' | 'started'; personal: boolean }[]> {
  return db
    .selectFrom('recipe_connections')
    .innerJoin('recipes', 'recipes.id', 'recipe_connections.recipe_id')
    .select(['recipes.id', 'recipes.name', 'recipes.status', 'recipe_connections.personal'])
    .where('recipe_connections.connection_id', '=', connectionId)
    .where('recipes.deleted_at', 'is', null)
    .orderBy('recipes.name')
    .orderBy('recipes.id')
    .execute()
}
