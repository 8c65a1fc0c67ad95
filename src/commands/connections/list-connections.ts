import { type ConnectionFilter, type ListedConnection, listConnections } from '#connections/list-connections.ts'
import { redirectUriOf } from '#connections/parent.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, PersonId, ProjectId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'

export type { ListedConnection }

export interface ConnectionQuery {
  projectId?: ProjectId | undefined
  connector?: string | undefined
  parentId?: ConnectionId | undefined
  /** Children are left out unless they are asked for. */
  includeRuntimeConnections?: boolean | undefined
  before?: string | undefined
  limit: number
}

/** The workspace's connections; runtime user connections only when asked for, and with the privilege to view them. */
export function findConnections(
  ctx: CommandsContext,
  actor: Actor,
  query: ConnectionQuery,
): Promise<ListedConnection[]> {
  const { includeRuntimeConnections, ...filter } = query
  requirePrivilege(actor, 'connections.view')
  if (includeRuntimeConnections) requirePrivilege(actor, 'runtime_user_connections.view')
  const kind = includeRuntimeConnections ? 'both' : 'parents'
  return listConnections(ctx.db, workspaceOf(actor), { ...filter, kind })
}

export type RuntimeConnectionQuery = Omit<ConnectionFilter, 'kind' | 'ids'>

/** Every person's own connections: who connected what, as whom, with which scopes, last used when. */
export function findRuntimeConnections(
  ctx: CommandsContext,
  actor: Actor,
  query: RuntimeConnectionQuery,
): Promise<ListedConnection[]> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  return listConnections(ctx.db, workspaceOf(actor), { ...query, kind: 'children' })
}

/** One connection: a parent with the privilege to view connections, a child with that for those, one's own always. */
export async function getConnection(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<ListedConnection> {
  const [connection] = await listConnections(ctx.db, workspaceOf(actor), { ids: [id], kind: 'both', limit: 1 })
  if (connection && mayView(actor, connection)) return connection
  throw new UserError('connection_not_found', 'There is no such connection. It may have been deleted.', { status: 404 })
}

function mayView(actor: Actor, connection: { person_id: PersonId | null }): boolean {
  if (connection.person_id === null) return requires(actor, 'connections.view')
  if (actor.kind === 'person' && actor.person.id === connection.person_id) return true
  return requires(actor, 'runtime_user_connections.view')
}

function requires(actor: Actor, privilege: 'connections.view' | 'runtime_user_connections.view'): true {
  requirePrivilege(actor, privilege)
  return true
}

/** The redirect URI a builder registers at the application; null for a child, which has none of its own. */
export function redirectUriFor(ctx: CommandsContext, connection: ListedConnection): string | null {
  return connection.parent_id === null ? redirectUriOf(ctx, connection.id).href : null
}

export interface UseOfCredential {
  at: Date
  recipe: { id: string; name: string } | null
  jobId: string | null
  step: string | null
  action: string | null
  accountLabel: string | null
  requests: number
  httpStatus: number | null
  outcome: string
}

/** The last uses of a connection's credential, the newest first. */
export async function listUses(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<UseOfCredential[]> {
  await getConnection(ctx, actor, id)
  const rows = await ctx.db
    .selectFrom('credential_uses as use')
    .leftJoin('recipes', 'recipes.id', 'use.recipe_id')
    .selectAll('use')
    .select('recipes.name as recipe_name')
    .where('use.connection_id', '=', id)
    .orderBy('use.id', 'desc')
    .limit(200)
    .execute()
  return rows.map((row) => ({
    at: row.at,
    recipe: row.recipe_id === null ? null : { id: row.recipe_id, name: row.recipe_name ?? '' },
    jobId: row.job_id,
    step: row.step,
    action: row.action,
    accountLabel: row.account_label,
    requests: row.requests,
    httpStatus: row.http_status,
    outcome: row.outcome,
  }))
}
