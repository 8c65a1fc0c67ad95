import { withdrawConsents } from '#connections/consents.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { type ConnectionId, newId, type PersonId, type RecipeId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import type { AskingContext } from './context.ts'

/** A person's leave for recipes to use one connection of theirs. */
export interface ConsentWanted {
  workspaceId: WorkspaceId
  personId: PersonId
  /** Their own connection. */
  connectionId: ConnectionId
  /** Each for what the person was shown that it does. */
  uses: RecipeUse[]
}

/** Puts a person's leave on record, in the caller's transaction; what they gave for the same recipe before is over. */
export async function giveConsent(ctx: AskingContext, tx: Db, wanted: ConsentWanted): Promise<void> {
  const { workspaceId, personId, connectionId, uses } = wanted
  const now = ctx.clock()
  for (const { recipeId, footprint } of uses) {
    await withdrawConsents(tx, { connectionId, recipeId, now })
    const id = newId('consent')
    await tx
      .insertInto('consents')
      .values({
        id,
        workspace_id: workspaceId,
        person_id: personId,
        recipe_id: recipeId,
        connection_id: connectionId,
        footprint: [...footprint],
        created_at: now,
      })
      .execute()
    const details = { person_id: personId, recipe_id: recipeId, connection_id: connectionId, footprint }
    await recordAudit(tx, { workspaceId }, { action: 'consent.given', targetId: id, details })
  }
}

/** What each recipe is allowed to do with a connection; empty where there is none. */
export async function readAllowed(db: Db, connectionId: ConnectionId | null): Promise<Map<RecipeId, string[]>> {
  if (connectionId === null) return new Map()
  const rows = await db
    .selectFrom('consents')
    .select(['recipe_id', 'footprint'])
    .where('connection_id', '=', connectionId)
    .where('withdrawn_at', 'is', null)
    .execute()
  return new Map(rows.map(({ recipe_id, footprint }) => [recipe_id, footprint]))
}
