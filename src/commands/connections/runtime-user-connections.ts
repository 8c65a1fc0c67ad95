import { type ChildFilter, type ChildPage, type FoundChildren, findChildren } from '#connections/find-children.ts'
import type { ListedConnection } from '#connections/list-connections.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'

export type { ChildFilter, ChildPage, FoundChildren }

/** Every person's own connections, a page of those that fit: who connected what, as whom, with which scopes, last used when. */
export async function findRuntimeConnections(
  ctx: CommandsContext,
  actor: Actor,
  { filter, page }: { filter: ChildFilter; page: ChildPage },
): Promise<FoundChildren> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  return findChildren(ctx.db, workspaceOf(actor), filter, page)
}

const EXPORTED_AT_ONCE = 500

/** All that fit, the newest first, in portions as they are read. Put on record before the first one leaves. */
export async function exportRuntimeConnections(
  ctx: CommandsContext,
  actor: Actor,
  filter: ChildFilter,
): Promise<AsyncGenerator<ListedConnection[]>> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  await recordAudit(ctx.db, actor, { action: 'connection.list_exported', details: { ...filter } })
  return readAll(ctx, actor, filter)
}

async function* readAll(ctx: CommandsContext, actor: Actor, filter: ChildFilter): AsyncGenerator<ListedConnection[]> {
  let cursor: string | undefined
  do {
    const page: ChildPage = { sort: 'created', order: 'desc', cursor, limit: EXPORTED_AT_ONCE }
    const { connections, next } = await findChildren(ctx.db, workspaceOf(actor), filter, page)
    yield connections
    cursor = next ?? undefined
  } while (cursor !== undefined)
}
