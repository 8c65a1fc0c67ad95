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

/** The redirect URI a builder registers at the application; null for a child, and where nobody is sent to it. */
export function redirectUriFor(ctx: CommandsContext, connection: ListedConnection): string | null {
  if (connection.parent_id !== null || credentialFieldsFor(ctx, connection) !== null) return null
  return redirectUriOf(ctx, connection.id).href
}

/** What is typed in to connect a parent; null for a child, and where its application is signed in to. */
export function credentialFieldsFor(ctx: CommandsContext, { parent_id, connector, settings }: ListedConnection) {
  const known = ctx.connectors.get(connector)
  if (parent_id !== null || !known) return null
  const authentication = known.authentication(settings)
  return authentication.kind === 'form' ? authentication.form.fields : null
}
