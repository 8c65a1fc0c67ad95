import { type SqlBool, sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import { readWorkspaceSettings } from '#people/workspace-settings.ts'

const WARN_FROM = 0.8
const DAY_MS = 24 * 60 * 60 * 1000

/** How many runtime user connections one application has in a workspace, beside how many it may have. */
export interface ChildrenCount {
  connector: string
  used: number
  limit: number
  /** From 80 % of the limit on. */
  warning: boolean
}

/** Counts each connector's, those with the most first. */
export async function countChildren(db: Db, workspaceId: WorkspaceId): Promise<ChildrenCount[]> {
  const { children_limit: limit } = await readWorkspaceSettings(db, workspaceId)
  const rows = await countQuery(db, workspaceId).execute()
  return rows
    .map(({ connector, used }) => ({ connector, used, limit, warning: used >= limit * WARN_FROM }))
    .sort((a, b) => b.used - a.used)
}

/** How many runtime user connections a parent has in each status; one that none has is left out. */
export async function countByStatus(db: Db, parentId: ConnectionId): Promise<Partial<Record<string, number>>> {
  const rows = await db
    .selectFrom('connections')
    .select(['status', sql<number>`count(*)::int`.as('count')])
    .where('parent_id', '=', parentId)
    .where('deleted_at', 'is', null)
    .groupBy('status')
    .execute()
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]))
}

const countQuery = (db: Db, workspaceId: WorkspaceId) =>
  db
    .selectFrom('connections')
    .select(['connector', sql<number>`count(*)::int`.as('used')])
    .where('workspace_id', '=', workspaceId)
    .where('parent_id', 'is not', null)
    .where('deleted_at', 'is', null)
    .groupBy('connector')

/**
 * Refuses with `children_limit_reached` (409) when the workspace has as many runtime user connections of this connector as it may; call it
 * in the transaction that makes one, before it is made: of several at once none goes beyond. Warns on record, once a day, from 80 % on.
 */
export async function requireRoomForChild(
  tx: Db,
  { workspaceId, connector, now }: { workspaceId: WorkspaceId; connector: string; now: Date },
): Promise<void> {
  const name = `children ${workspaceId} ${connector}`
  await sql<SqlBool>`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx)
  const { children_limit: limit } = await readWorkspaceSettings(tx, workspaceId)
  const row = await countQuery(tx, workspaceId).where('connector', '=', connector).executeTakeFirst()
  const used = row?.used ?? 0
  if (used >= limit)
    throw new UserError(
      'children_limit_reached',
      `This workspace has as many people’s own connections to this application as it may (${limit}). Ask an administrator to raise the limit, or to delete those nobody needs.`,
      { status: 409, details: { connector, limit } },
    )
  if (used + 1 >= limit * WARN_FROM) await warn(tx, { workspaceId, connector, used: used + 1, limit, now })
}

async function warn(
  tx: Db,
  {
    workspaceId,
    now,
    ...details
  }: { workspaceId: WorkspaceId; connector: string; used: number; limit: number; now: Date },
): Promise<void> {
  const key = `children-limit:${workspaceId}:${details.connector}`
  if (!(await takeFromLimit(tx, { key, limit: 1, windowMs: DAY_MS }, now)).allowed) return
  await recordAudit(tx, { workspaceId }, { action: 'connection.limit_near', details })
}
