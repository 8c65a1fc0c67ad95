import { type ListedConnection, listConnections } from '#connections/list-connections.ts'
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
