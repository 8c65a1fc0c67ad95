import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { WorkspaceId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'
import { carryOutOrder, insertOrder } from './bulk-orders.ts'
import type { CutOffKind } from './cut-off-connections.ts'
import { countMatching, type ManyFilter, matching } from './matching-connections.ts'
import { countRevocations, type RevocationCounts } from './revocation-counts.ts'

export type { ManyFilter }

/** Many connections cut off by one command, and how far it has come. */
export interface BulkRevocation {
  id: string
  kind: CutOffKind
  total: number
  done: number
  createdAt: Date
  finishedAt: Date | null
  /** How revoking at the applications went so far, of those that had a grant. */
  revocations: RevocationCounts
}

/**
 * Disconnects or deletes many people's own connections: those there are at this moment. The order is a row, carried out in batches, by
 * this process and, when it ends or the time for an answer is over, by any: none is left out and none done twice. Needs Edit runtime user
 * connections; to delete, Delete connections.
 */
export async function revokeMany(
  ctx: CommandsContext,
  actor: Actor,
  { filter, kind }: { filter: ManyFilter; kind: CutOffKind },
): Promise<BulkRevocation> {
  requireMany(actor, kind)
  const workspaceId = workspaceOf(actor)
  const id = await ctx.db.transaction().execute(async (tx) => {
    const total = await countMatching(tx, { workspaceId, filter, kind })
    const id = await insertOrder(ctx, tx, { actor, kind, filter, total })
    const details = { kind, total, ...filter }
    await recordAudit(tx, actor, { action: 'connection.many_cut_off', targetId: id, details })
    return id
  })
  await carryOutOrder(ctx, id)
  return loadOrder(ctx, workspaceId, id)
}

/** How far such an order has come. */
export async function viewRevokingMany(ctx: CommandsContext, actor: Actor, id: string): Promise<BulkRevocation> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  return loadOrder(ctx, workspaceOf(actor), id)
}

async function loadOrder(ctx: CommandsContext, workspaceId: WorkspaceId, id: string): Promise<BulkRevocation> {
  const row = await ctx.db
    .selectFrom('bulk_revocations')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (!row)
    throw new UserError('bulk_revocation_not_found', 'There is no such order in this workspace.', { status: 404 })
  const revocations = await countRevocations(ctx.db, (query) => query.where('bulk_id', '=', id))
  const { kind, total, done, created_at: createdAt, finished_at: finishedAt } = row
  return { id, kind, total, done, createdAt, finishedAt, revocations }
}

/** What such an order would do, said before it is given. */
export async function foreseeRevokingMany(
  ctx: CommandsContext,
  actor: Actor,
  { filter, kind }: { filter: ManyFilter; kind: CutOffKind },
): Promise<ForeseenMany> {
  requireMany(actor, kind)
  const workspaceId = workspaceOf(actor)
  const { rows } = await sql<Omit<ForeseenMany, 'sentences'>>`
    with meant as (select c.parent_id, c.person_id from connections c where ${matching({ workspaceId, filter, kind })})
    select (select count(*)::int from meant) as connections, (select count(distinct person_id)::int from meant) as people,
      (select count(distinct j.id)::int from meant
        join recipe_connections rc on rc.connection_id = meant.parent_id and rc.personal
        join jobs j on j.recipe_id = rc.recipe_id and j.person_id = meant.person_id
        where j.status in ('queued', 'running')) as "jobsRunning"`.execute(ctx.db)
  const counts = rows[0] ?? { connections: 0, people: 0, jobsRunning: 0 }
  return { ...counts, sentences: sentencesOf(kind, counts) }
}

export interface ForeseenMany {
  connections: number
  people: number
  jobsRunning: number
  sentences: string[]
}

function sentencesOf(
  kind: CutOffKind,
  { connections, people, jobsRunning }: Omit<ForeseenMany, 'sentences'>,
): string[] {
  if (connections === 0) return ['Nothing fits: nothing would be done.']
  const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`
  return [
    `${count(connections, 'connection', 'connections')} of ${count(people, 'person', 'people')} ${connections === 1 ? 'is' : 'are'} ${kind === 'delete' ? 'deleted' : 'disconnected'}. The access is revoked at the applications.`,
    ...(jobsRunning > 0
      ? [`${count(jobsRunning, 'running job stops', 'running jobs stop')} before the next request, and ask again.`]
      : []),
    'The next recipe that needs one asks its person to connect again.',
    ...(kind === 'delete' ? ['This cannot be undone.'] : []),
  ]
}

function requireMany(actor: Actor, kind: CutOffKind): void {
  requirePrivilege(actor, kind === 'delete' ? 'connections.delete' : 'runtime_user_connections.edit')
}
