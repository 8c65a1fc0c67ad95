import { loadParent } from '#connections/parent.ts'
import { type ParentTested, testParent } from '#connections/test-parent.ts'
import type { ConnectionId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'

export type { ParentTested }

/** Tries a parent's own grant at the application: whose account answers, or what is wrong. */
export async function testConnection(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<ParentTested> {
  requirePrivilege(actor, 'connections.edit')
  return testParent(ctx, await loadParent(ctx.db, workspaceOf(actor), id))
}
