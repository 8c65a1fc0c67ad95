import { describeFootprint } from '#asking/describe-footprint.ts'
import { endConsents } from '#connections/consents.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, ConsentId, PersonId, RecipeId } from '#core/ids.ts'
import { type Actor, requirePrivilege } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'
import { getConnection } from './list-connections.ts'

/** What a person allows one recipe to do with one connection of theirs. */
export interface Consent {
  id: ConsentId
  person: { id: PersonId; name: string }
  recipe: { id: RecipeId; name: string }
  connection: { id: ConnectionId; name: string; connector: string; accountLabel: string | null }
  /** In plain words. */
  does: string[]
  createdAt: Date
}

/** What a person allows their recipes, the newest first. Needs no privilege: it is theirs. */
export async function listMyConsents(ctx: CommandsContext, actor: Actor): Promise<Consent[]> {
  const { person } = requirePerson(actor)
  return readConsents(ctx, { personId: person.id })
}

/** What a connection may be used for; of a parent, by everybody. For whoever may view that connection, and its people's own. */
export async function listConsentsOf(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<Consent[]> {
  const { parent_id } = await getConnection(ctx, actor, id)
  if (parent_id !== null) return readConsents(ctx, { connectionId: id })
  requirePrivilege(actor, 'runtime_user_connections.view')
  return readConsents(ctx, { parentId: id })
}

/** Takes back one's own leave: a job that runs stops before its next request, and asks. Refuses `consent_not_found`. */
export async function withdrawMyConsent(ctx: CommandsContext, actor: Actor, id: ConsentId): Promise<void> {
  const { person } = requirePerson(actor)
  const consent = (await readConsents(ctx, { personId: person.id })).find((each) => each.id === id)
  const wanted = {
    connectionId: consent?.connection.id as ConnectionId,
    id,
    why: 'by_person',
    now: ctx.clock(),
  } as const
  const ended = consent ? await ctx.db.transaction().execute((tx) => endConsents(tx, actor, wanted)) : 0
  if (ended === 0)
    throw new UserError('consent_not_found', 'There is no such leave of yours. It may have been withdrawn already.', {
      status: 404,
    })
}

interface ConsentFilter {
  personId?: PersonId
  connectionId?: ConnectionId
  parentId?: ConnectionId
}

const SHOWN_AT_MOST = 500

async function readConsents(ctx: CommandsContext, filter: ConsentFilter): Promise<Consent[]> {
  const { personId, connectionId, parentId } = filter
  let query = ctx.db
    .selectFrom('consents')
    .innerJoin('recipes', 'recipes.id', 'consents.recipe_id')
    .innerJoin('persons', 'persons.id', 'consents.person_id')
    .innerJoin('connections', 'connections.id', 'consents.connection_id')
    .select(['consents.id', 'consents.footprint', 'consents.created_at', 'recipes.id as recipe_id'])
    .select(['recipes.name as recipe_name', 'persons.id as person_id', 'persons.name as person_name'])
    .select(['connections.id as connection_id', 'connections.name', 'connections.connector'])
    .select(['connections.account_label', 'connections.parent_id'])
    .where('consents.withdrawn_at', 'is', null)
    .where('connections.deleted_at', 'is', null)
    .where('recipes.deleted_at', 'is', null)
    .orderBy('consents.id', 'desc')
    .limit(SHOWN_AT_MOST)
  if (personId) query = query.where('consents.person_id', '=', personId)
  if (connectionId) query = query.where('consents.connection_id', '=', connectionId)
  if (parentId) query = query.where('connections.parent_id', '=', parentId)
  const rows = await query.execute()
  return rows.map((row) => ({
    id: row.id,
    person: { id: row.person_id, name: row.person_name },
    recipe: { id: row.recipe_id, name: row.recipe_name },
    connection: {
      id: row.connection_id,
      name: row.name,
      connector: row.connector,
      accountLabel: row.account_label,
    },
    does: describeFootprint(ctx, row.footprint, row.parent_id ?? row.connection_id),
    createdAt: row.created_at,
  }))
}
