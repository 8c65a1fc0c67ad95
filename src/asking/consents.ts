import { sql } from 'kysely'
import { endConsents, withdrawConsents } from '#connections/consents.ts'
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

/**
 * Ends the leave of other recipes whose jobs wait for this connection of a person who has just answered for it: they left these unticked,
 * whatever they allowed before. In the caller's transaction.
 */
export async function endUntickedConsents(
  ctx: AskingContext,
  tx: Db,
  { workspaceId, personId, connectionId, parentId, uses }: ConsentWanted & { parentId: ConnectionId },
): Promise<void> {
  const unticked = await tx
    .selectFrom('consents')
    .innerJoin('jobs', 'jobs.recipe_id', 'consents.recipe_id')
    .innerJoin('waits', 'waits.job_id', 'jobs.id')
    .select('consents.id')
    .distinct()
    .where('consents.connection_id', '=', connectionId)
    .where('consents.withdrawn_at', 'is', null)
    // why: of very many jobs some are moved on after this transaction.
    .where(sql<boolean>`consents.recipe_id <> all(${uses.map(({ recipeId }) => recipeId)})`)
    .where('jobs.person_id', '=', personId)
    .where('jobs.status', '=', sql.lit('waiting_for_connection' as const))
    .where('waits.kind', '=', 'connection')
    .where('waits.key', '=', parentId)
    .execute()
  for (const { id } of unticked)
    await endConsents(tx, { workspaceId }, { connectionId, id, why: 'by_person', now: ctx.clock() })
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
