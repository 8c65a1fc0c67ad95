import { sql } from 'kysely'
import type { ConnectionId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'

/**
 * Withdraws what recipes ask people to delegate, in the caller's transaction: they were stopped, or do not name the connection any more.
 * What they still name, `except`, goes on being asked for.
 */
export async function withdrawDelegationRequests(
  tx: Db,
  recipeIds: readonly RecipeId[],
  except: readonly ConnectionId[] = [],
): Promise<void> {
  let query = tx
    .updateTable('delegation_requests')
    .set({ status: 'withdrawn', finished_at: sql<Date>`now()` })
    .where('recipe_id', 'in', recipeIds)
    .where('status', '=', sql.lit('open' as const))
  if (except.length > 0) query = query.where('connection_id', 'not in', except)
  const rows = await query.returning(['id', 'workspace_id', 'recipe_id', 'connection_id', 'person_id']).execute()
  for (const { id: targetId, workspace_id: workspaceId, ...details } of rows)
    await recordAudit(tx, { workspaceId }, { action: 'delegation.request_withdrawn', targetId, details })
}
