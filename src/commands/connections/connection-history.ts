import { UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import { listAuditEvents } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'
import { type NamedAuditEvent, withNames } from '../people/audit-events.ts'
import { getConnection } from './list-connections.ts'

export interface UseOfCredential {
  id: string
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

interface HistoryQuery {
  id: ConnectionId
  /** Only what came before this one: the id of the last of the page before. */
  before?: string | undefined
  limit: number
}

/** The uses of a connection's credential, the newest first; for whoever may see the connection. Refuses `invalid_cursor`. */
export async function listUses(
  ctx: CommandsContext,
  actor: Actor,
  { id, before, limit }: HistoryQuery,
): Promise<UseOfCredential[]> {
  await getConnection(ctx, actor, id)
  let query = ctx.db
    .selectFrom('credential_uses as use')
    .leftJoin('recipes', 'recipes.id', 'use.recipe_id')
    .selectAll('use')
    .select('recipes.name as recipe_name')
    .where('use.connection_id', '=', id)
    .orderBy('use.id', 'desc')
    .limit(limit)
  if (before !== undefined) query = query.where('use.id', '<', checkCursor(before))
  return (await query.execute()).map((row) => ({
    id: row.id,
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

function checkCursor(before: string): string {
  if (/^\d{1,18}$/.test(before)) return before
  throw new UserError('invalid_cursor', 'This page of the list does not exist. Begin with the first one.')
}

/** What happened to a connection, the newest first: who made, authorized, changed and ended it. For whoever may see it, its own person too. */
export async function listConnectionEvents(
  ctx: CommandsContext,
  actor: Actor,
  { id, before, limit }: HistoryQuery,
): Promise<NamedAuditEvent[]> {
  await getConnection(ctx, actor, id)
  const query = { targetId: id, limit, ...(before !== undefined && { before }) }
  return withNames(ctx, await listAuditEvents(ctx.db, workspaceOf(actor), query))
}
