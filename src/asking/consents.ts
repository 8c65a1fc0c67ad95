import { type ConnectionId, newId, type PersonId, type RecipeId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import type { AskingContext } from './context.ts'

/** A person's leave for recipes to use one connection of theirs. */
export interface ConsentWanted {
  workspaceId: WorkspaceId
  personId: PersonId
  /** Their own connection. */
  connectionId: ConnectionId
  recipeIds: RecipeId[]
}

/** Puts a person's leave on record, in the caller's transaction: for what each recipe may do as it stands now. */
export async function giveConsent(ctx: AskingContext, tx: Db, wanted: ConsentWanted): Promise<void> {
  const { workspaceId, personId, connectionId, recipeIds } = wanted
  const now = ctx.clock()
  for (const recipeId of recipeIds) {
    const { document } = await loadRecipe(tx, { workspaceId, recipeId })
    await tx
      .updateTable('consents')
      .set({ withdrawn_at: now })
      .where('connection_id', '=', connectionId)
      .where('recipe_id', '=', recipeId)
      .where('withdrawn_at', 'is', null)
      .execute()
    const id = newId('consent')
    const footprint = footprintOf(document, ctx.connectors)
    await tx
      .insertInto('consents')
      .values({
        id,
        workspace_id: workspaceId,
        person_id: personId,
        recipe_id: recipeId,
        connection_id: connectionId,
        footprint,
        created_at: now,
      })
      .execute()
    const details = { person_id: personId, recipe_id: recipeId, connection_id: connectionId, footprint }
    await recordAudit(tx, { workspaceId }, { action: 'consent.given', targetId: id, details })
  }
}

/** The recipes of this person that wait for this parent, by when their jobs began to wait. */
export async function waitingRecipes(db: Db, personId: PersonId, parentId: ConnectionId): Promise<RecipeId[]> {
  const rows = await db
    .selectFrom('waits')
    .innerJoin('jobs', 'jobs.id', 'waits.job_id')
    .select('jobs.recipe_id')
    .distinct()
    .where('waits.kind', '=', 'connection')
    .where('waits.key', '=', parentId)
    .where('jobs.person_id', '=', personId)
    .execute()
  return rows.map(({ recipe_id }) => recipe_id)
}
