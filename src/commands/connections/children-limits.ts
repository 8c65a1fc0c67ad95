import { type ChildrenCount, countByStatus, countChildren } from '#connections/children-limit.ts'
import type { ConnectionId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { getConnection } from './list-connections.ts'

export type { ChildrenCount }

/** How many runtime user connections each application has, beside the workspace's limit. With View runtime user connections. */
export function listChildrenLimits(ctx: CommandsContext, actor: Actor): Promise<ChildrenCount[]> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  return countChildren(ctx.db, workspaceOf(actor))
}

/** How many people's own connections beneath a parent have which status. With View connections and View runtime user connections. */
export async function countChildrenOf(ctx: CommandsContext, actor: Actor, parentId: ConnectionId) {
  requirePrivilege(actor, 'runtime_user_connections.view')
  await getConnection(ctx, actor, parentId)
  const counts = await countByStatus(ctx.db, parentId)
  const count = (status: string) => counts[status] ?? 0
  return {
    connected: count('connected'),
    pending: count('pending'),
    lost: count('lost'),
    disconnected: count('disconnected'),
  }
}
