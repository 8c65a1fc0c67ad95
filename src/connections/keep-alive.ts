import { OutsideError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import type { ConnectionsContext } from './context.ts'
import { type Parent, parentFromRow } from './parent.ts'
import { refreshGrant } from './refresh-grant.ts'

const BATCH = 10
/** A claim lapses after this, for whoever died with it. */
const CLAIM_MS = 60_000

/**
 * Refreshes the grants that are due although nobody uses them: before their idle limit, or because a refresh was begun and its end is
 * not known. Those of a connection that is no longer live are left alone. Failures were put off; a refusal marks the connection lost.
 * Safe on any number of machines: a row is claimed by moving its time. Answers how many were due.
 */
export async function keepAlive(ctx: ConnectionsContext): Promise<number> {
  let total = 0
  for (;;) {
    const due = await claimDue(ctx)
    total += due.length
    const ends = await Promise.allSettled(due.map((each) => refreshUnused(ctx, each)))
    for (const end of ends) if (end.status === 'rejected' && !(end.reason instanceof OutsideError)) throw end.reason
    if (due.length < BATCH) return total
  }
}

type Due = Awaited<ReturnType<typeof claimDue>>[number]

function claimDue(ctx: ConnectionsContext) {
  const now = ctx.clock()
  return ctx.db
    .updateTable('grants')
    .set({ keep_alive_at: new Date(now.getTime() + CLAIM_MS) })
    .where('connection_id', 'in', (from) =>
      from
        .selectFrom('grants')
        .select('connection_id')
        .where('keep_alive_at', '<=', now)
        .orderBy('keep_alive_at')
        .limit(BATCH)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['connection_id', 'version'])
    .execute()
}

async function refreshUnused(ctx: ConnectionsContext, { connection_id: connectionId, version }: Due): Promise<void> {
  const parent = await findParentOfLive(ctx, connectionId)
  if (parent) await refreshGrant(ctx, { parent, connectionId, version })
  else await leaveAlone(ctx, { connection_id: connectionId, version })
}

/** The parent under which a connection's grant may still be used; undefined where only reconnecting could help. */
async function findParentOfLive(ctx: ConnectionsContext, connectionId: ConnectionId): Promise<Parent | undefined> {
  const row = await ctx.db
    .selectFrom('connections as own')
    .innerJoin('connections as parent', (join) =>
      join.on((on) => on('parent.id', '=', on.fn.coalesce('own.parent_id', 'own.id'))),
    )
    .leftJoin('persons as person', 'person.id', 'own.person_id')
    .selectAll('parent')
    .where('own.id', '=', connectionId)
    .where('own.deleted_at', 'is', null)
    .where('parent.deleted_at', 'is', null)
    .where((where) =>
      where.or([
        where.and([where('own.parent_id', 'is', null), where('own.status', 'in', ['success', 'exception'])]),
        where.and([
          where('own.status', '=', 'connected'),
          where('person.status', '=', 'active'),
          where('own.granted_client_version', '=', where.ref('parent.client_version')),
        ]),
      ]),
    )
    .executeTakeFirst()
  return row && parentFromRow(row)
}

async function leaveAlone(ctx: ConnectionsContext, { connection_id, version }: Due): Promise<void> {
  await ctx.db
    .updateTable('grants')
    .set({ keep_alive_at: null })
    .where('connection_id', '=', connection_id)
    .where('version', '=', version)
    .execute()
}
