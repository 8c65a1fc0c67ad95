import { type Expression, type SqlBool, sql } from 'kysely'
import { deleteChild, disconnect, loadConnection } from '#connections/cut-off.ts'
import { attemptRevocations } from '#connections/revocations.ts'
import { UserError } from '#core/errors.ts'
import { type ApiKeyId, type ConnectionId, newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, actorOf, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { loadPerson } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'
import type { CutOffKind } from './cut-off-connections.ts'
import { countRevocations, type RevocationCounts } from './revocation-counts.ts'

/** Whose connections are meant: a person's, those of one application, or these. */
export type ManyFilter = { personId: PersonId } | { connector: string } | { ids: ConnectionId[] }

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

const BATCH = 50
/** So few are revoked at the applications before the answer; more are left to the background. */
const FEW = 20
const WORK_FOR_MS = 5000

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
  const id = newId('bulkRevocation')
  const createdAt = ctx.clock()
  await ctx.db.transaction().execute(async (tx) => {
    const total = await countMatching(tx, { workspaceId, filter, kind })
    const by = {
      person_id: actor.kind === 'person' ? actor.person.id : null,
      api_key_id: actor.kind === 'api_key' ? actor.id : null,
    }
    const order = { id, workspace_id: workspaceId, ...by, kind, filter: JSON.stringify(filter), total }
    await tx
      .insertInto('bulk_revocations')
      .values({ ...order, created_at: createdAt })
      .execute()
    const details = { kind, total, ...filter }
    await recordAudit(tx, actor, { action: 'connection.many_cut_off', targetId: id, details })
  })
  await carryOut(ctx, id)
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

/** Goes on with orders that were left unfinished: their process ended, or they are long. Safe on any number of machines. */
export async function carryOnRevokingMany(ctx: CommandsContext): Promise<void> {
  const unfinished = await ctx.db
    .selectFrom('bulk_revocations')
    .select('id')
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .limit(20)
    .execute()
  for (const { id } of unfinished) await carryOut(ctx, id)
}

async function carryOut(ctx: CommandsContext, id: string): Promise<void> {
  const until = Date.now() + WORK_FOR_MS
  for (;;) {
    const batch = await ctx.db.transaction().execute((tx) => carryOutBatch(ctx, tx, id))
    if (!batch) return
    if (batch.total <= FEW) await Promise.all(batch.revocationIds.map((each) => attemptRevocations(ctx, each)))
    if (Date.now() > until) return
  }
}

/** Undefined when nothing is left, or another process is at it. */
async function carryOutBatch(ctx: CommandsContext, tx: Db, id: string) {
  const order = await tx
    .selectFrom('bulk_revocations')
    .selectAll()
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!order) return undefined
  const { kind, workspace_id: workspaceId, total } = order
  const next = await nextMatching(tx, { ...order, workspaceId, filter: order.filter as ManyFilter })
  const actor = await actorOfOrder(tx, order)
  const revocationIds: string[] = []
  for (const connectionId of next) {
    const connection = await loadConnection(tx, workspaceId, connectionId)
    const { revocationId } = await (kind === 'delete' ? deleteChild : disconnect)(ctx, tx, actor, connection)
    if (revocationId) revocationIds.push(revocationId)
  }
  await tx
    .updateTable('revocations')
    .set({ bulk_id: id })
    .where('id', 'in', ['', ...revocationIds])
    .execute()
  await tx
    .updateTable('bulk_revocations')
    .set((set) => ({
      done: set('done', '+', next.length),
      done_until: next.at(-1) ?? order.done_until,
      finished_at: next.length < BATCH ? ctx.clock() : null,
    }))
    .where('id', '=', id)
    .execute()
  return { total, revocationIds }
}

interface Matching {
  workspaceId: WorkspaceId
  filter: ManyFilter
  kind: CutOffKind
}

/** People's own connections that fit, of which something is left to end. */
function matching({ workspaceId, filter, kind }: Matching): Expression<SqlBool> {
  const live = sql<SqlBool>`c.workspace_id = ${workspaceId} and c.parent_id is not null and c.deleted_at is null`
  const which =
    'personId' in filter
      ? sql<SqlBool>`c.person_id = ${filter.personId}`
      : 'connector' in filter
        ? sql<SqlBool>`c.connector = ${filter.connector}`
        : sql<SqlBool>`c.id = any(${filter.ids})`
  if (kind === 'delete') return sql`${live} and ${which}`
  return sql`${live} and ${which} and (c.status not in ('disconnected', 'orphaned')
    or exists (select from grants where grants.connection_id = c.id))`
}

async function countMatching(tx: Db, wanted: Matching): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from connections c where ${matching(wanted)}`.execute(tx)
  return rows[0]?.total ?? 0
}

async function nextMatching(
  tx: Db,
  wanted: Matching & { done_until: string; created_at: Date },
): Promise<ConnectionId[]> {
  const { rows } = await sql<{ id: ConnectionId }>`
    select c.id from connections c where ${matching(wanted)} and c.id > ${wanted.done_until}
      and c.created_at <= ${wanted.created_at} order by c.id limit ${BATCH} for update`.execute(tx)
  return rows.map(({ id }) => id)
}

/** Whoever ordered it is on record for all of it, also when another process does the rest. */
async function actorOfOrder(
  tx: Db,
  order: { workspace_id: WorkspaceId; person_id: PersonId | null; api_key_id: ApiKeyId | null },
): Promise<Actor> {
  if (order.person_id) return actorOf(await loadPerson(tx, order.workspace_id, order.person_id))
  const key = await tx
    .selectFrom('api_keys')
    .select(['id', 'name', 'namespace_id'])
    .where('id', '=', order.api_key_id)
    .executeTakeFirstOrThrow()
  const { id, name, namespace_id: namespaceId } = key
  return { kind: 'api_key', id, name, workspaceId: order.workspace_id, namespaceId, privileges: new Set() }
}
