import type { ConnectionId, ConsentId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { endDelegations } from './delegations.ts'

/** Why leave that was given for a connection has ended. */
type Ending = 'connection_deleted' | 'account_changed' | 'by_person'

/** Ends all that a person allowed recipes to do with a connection of theirs, in the caller's transaction, and puts it on record. */
export async function endConsents(
  tx: Db,
  by: Actor | { workspaceId: WorkspaceId },
  { why, ...which }: { connectionId: ConnectionId; id?: ConsentId; why: Ending; now: Date },
): Promise<number> {
  const { connectionId, now } = which
  if (why !== 'by_person') await endDelegations(tx, by, { connectionId, why, now })
  const ended = await withdrawConsents(tx, which)
  for (const { id, recipe_id } of ended) {
    const details = { recipe_id, connection_id: connectionId, why }
    await recordAudit(tx, by, { action: 'consent.withdrawn', targetId: id, details })
  }
  return ended.length
}

/** Makes room for what is allowed anew, in the caller's transaction. */
export function withdrawConsents(
  tx: Db,
  { connectionId, recipeId, id, now }: { connectionId: ConnectionId; recipeId?: RecipeId; id?: ConsentId; now: Date },
) {
  let query = tx
    .updateTable('consents')
    .set({ withdrawn_at: now })
    .where('connection_id', '=', connectionId)
    .where('withdrawn_at', 'is', null)
  if (recipeId) query = query.where('recipe_id', '=', recipeId)
  if (id) query = query.where('id', '=', id)
  return query.returning(['id', 'recipe_id']).execute()
}
