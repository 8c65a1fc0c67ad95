import { type ChildrenCount, countChildren } from '#connections/children-limit.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'

export type { ChildrenCount }

/** How many runtime user connections each application has, beside the workspace's limit. With View runtime user connections. */
export function listChildrenLimits(ctx: CommandsContext, actor: Actor): Promise<ChildrenCount[]> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  return countChildren(ctx.db, workspaceOf(actor))
}
