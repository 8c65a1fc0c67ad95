import type { Selectable } from 'kysely'
import type { ConnectionId, DelegationId, PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'

/** A person's leave for one recipe to use their own connection without them, until a date. */
export type DelegationRow = Selectable<Tables['delegations']>

/** Puts leave on record, in the caller's transaction; what was given for the same connection and recipe before is over. */
export async function giveDelegation(tx: Db, actor: Actor, row: DelegationRow): Promise<void> {
  const { id, person_id, connection_id, recipe_id, footprint, expires_at } = row
  await endDelegations(tx, actor, {
    connectionId: connection_id,
    recipeId: recipe_id,
    why: 'renewed',
    now: row.created_at,
  })
  await tx.insertInto('delegations').values(row).execute()
  const details = { person_id, connection_id, recipe_id, footprint, expires_at: expires_at.toISOString() }
  await recordAudit(tx, actor, { action: 'delegation.given', targetId: id, details })
}

/**
 * Holds connections of people as they are until the commit, after the recipes that name them. Whoever gives leave for one, or makes a job
 * wait for it, does this first: so that no job waits for what has just been given.
 */
export async function lockDelegable(
  tx: Db,
  { connectionIds, recipeIds }: { connectionIds: readonly ConnectionId[]; recipeIds: readonly RecipeId[] },
) {
  // why: in the order of whoever saves or stops a recipe, who holds it before these.
  await tx.selectFrom('recipes').select('id').where('id', 'in', recipeIds).orderBy('id').forKeyShare().execute()
  return tx
    .selectFrom('connections')
    .innerJoin('persons', 'persons.id', 'connections.person_id')
    .select(['connections.id', 'connections.name', 'connections.account_label', 'connections.parent_id'])
    .select(['connections.person_id', 'connections.workspace_id'])
    .select(['persons.status as person_status', 'persons.kind as person_kind'])
    .where('connections.id', 'in', connectionIds)
    .where('connections.deleted_at', 'is', null)
    .orderBy('connections.id')
    .forNoKeyUpdate('connections')
    .execute()
}

/** A connection of a person, and a recipe that names it. */
export interface DelegationPair {
  connectionId: ConnectionId
  recipeId: RecipeId
}

/** Whether a person's leave for a recipe stands: in date, and for all of `footprint`; and until when it was given. */
export async function findDelegation(
  db: Db,
  { connectionId, recipeId }: DelegationPair,
  { footprint, now }: { footprint: readonly string[]; now: Date },
): Promise<{ state: 'active' | 'expired' | 'lapsed'; footprint: string[]; until: Date } | undefined> {
  const row = await db
    .selectFrom('delegations')
    .select(['footprint', 'expires_at'])
    .where('connection_id', '=', connectionId)
    .where('recipe_id', '=', recipeId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const covers = footprint.every((entry) => row.footprint.includes(entry))
  const state = row.expires_at <= now ? 'expired' : covers ? 'active' : 'lapsed'
  return { state, footprint: row.footprint, until: row.expires_at }
}

export interface DelegationsWanted {
  connectionId: ConnectionId
  recipeId?: RecipeId
  id?: DelegationId
  why: 'by_person' | 'by_administrator' | 'renewed' | 'connection_deleted' | 'account_changed'
  now: Date
}

/** Ends the leave for recipes to use a connection without its person, all of it or the one named, in the caller's transaction. */
export async function endDelegations(
  tx: Db,
  by: Actor | { workspaceId: WorkspaceId },
  { connectionId, recipeId, id, why, now }: DelegationsWanted,
): Promise<void> {
  let query = tx
    .updateTable('delegations')
    .set({ ended_at: now })
    .where('connection_id', '=', connectionId)
    .where('ended_at', 'is', null)
  if (recipeId) query = query.where('recipe_id', '=', recipeId)
  if (id) query = query.where('id', '=', id)
  for (const row of await query.returning(['id', 'recipe_id', 'person_id']).execute()) {
    const details = { person_id: row.person_id, connection_id: connectionId, recipe_id: row.recipe_id, why }
    await recordAudit(tx, by, { action: 'delegation.ended', targetId: row.id, details })
  }
}

export interface DelegationFilter {
  personIds?: PersonId[]
  /** A person's own connection, or a parent: then those of everybody beneath it. */
  connectionId?: ConnectionId | undefined
  id?: DelegationId
}

/** A delegation with the names of whose and of what it is. */
export type ListedDelegation = DelegationRow & {
  person_name: string
  connection_name: string
  account_label: string | null
  parent_id: ConnectionId | null
}

/** The delegations that were not ended, the newest first, at most 500: lapsed ones too, which their person can give anew. */
export async function listDelegations(
  db: Db,
  workspaceId: WorkspaceId,
  { personIds, connectionId, id }: DelegationFilter,
): Promise<ListedDelegation[]> {
  if (personIds?.length === 0) return []
  let query = db
    .selectFrom('delegations')
    .innerJoin('persons', 'persons.id', 'delegations.person_id')
    .innerJoin('connections', 'connections.id', 'delegations.connection_id')
    .selectAll('delegations')
    .select(['persons.name as person_name', 'connections.name as connection_name'])
    .select(['connections.account_label', 'connections.parent_id'])
    .where('delegations.workspace_id', '=', workspaceId)
    .where('delegations.ended_at', 'is', null)
    .orderBy('delegations.id', 'desc')
    .limit(500)
  if (personIds) query = query.where('delegations.person_id', 'in', personIds)
  if (connectionId)
    query = query.where((where) =>
      where.or([where('connections.id', '=', connectionId), where('connections.parent_id', '=', connectionId)]),
    )
  if (id) query = query.where('delegations.id', '=', id)
  return query.execute()
}
