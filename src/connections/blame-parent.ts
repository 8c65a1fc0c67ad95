import { sql } from 'kysely'
import type { ConnectionId } from '#core/ids.ts'
import type { ConnectionsContext } from './context.ts'
import type { Parent } from './parent.ts'

/** The OAuth client was refused: everyone under this parent is affected, and nobody's own grant is at fault. */
export async function blameParent(ctx: ConnectionsContext, parent: Parent): Promise<void> {
  await ctx.db
    .updateTable('connections')
    .set({
      status: 'exception',
      status_reason: 'The application refuses the OAuth client: check its id and secret.',
      status_at: ctx.clock(),
    })
    .where('id', '=', parent.id)
    .where('deleted_at', 'is', null)
    // why: of a grant that is lost, or of another client, it is not the client that must be told first.
    .where((where) => where.or([where('status', 'is', null), where('status', '=', 'success')]))
    .execute()
}

/** The application took the OAuth client after all. */
export async function forgiveParent(ctx: ConnectionsContext, { id }: Parent): Promise<void> {
  await ctx.db
    .updateTable('connections')
    .set(blameless(ctx, id))
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .where('status', '=', 'exception')
    .execute()
}

/** What a parent is when nothing is known against its OAuth client. */
export function blameless(ctx: ConnectionsContext, id: ConnectionId) {
  const status = sql<
    string | null
  >`case when exists (select from grants where connection_id = ${id}) then 'success' end`
  return { status, status_reason: null, status_at: ctx.clock() }
}
