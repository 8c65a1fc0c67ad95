import { type Expression, type SqlBool, sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, PersonId, ProjectId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Environment, Tables } from '#database/tables.ts'
import { childWords } from './child-words.ts'
import { type ListedConnection, listConnections } from './list-connections.ts'

/** Which people's own connections are meant; what is not set does not matter. */
export interface ChildFilter {
  /** Beginnings of words in the person's name or e-mail, the outside account or the connection's name; each must be there. */
  search?: string | undefined
  connector?: string | undefined
  parentId?: ConnectionId | undefined
  projectId?: ProjectId | undefined
  environment?: Environment | undefined
  personId?: PersonId | undefined
  personKind?: Tables['persons']['kind'] | undefined
  surface?: string | undefined
  status?: string | undefined
  /** How revoking the last grant went, where there is no grant now. */
  revocation?: Tables['revocations']['status'] | undefined
  createdAfter?: Date | undefined
  createdBefore?: Date | undefined
  usedAfter?: Date | undefined
  /** Last used before then, or never. */
  usedBefore?: Date | undefined
}

export interface ChildPage {
  sort: 'created' | 'last_used'
  order: 'asc' | 'desc'
  /** The `next` of the page before. */
  cursor?: string | undefined
  limit: number
}

export interface FoundChildren {
  connections: ListedConnection[]
  next: string | null
  /** How many fit, told with the first page: exact up to `MOST_COUNTED`, beyond it only that there are more. */
  total: { count: number; orMore: boolean } | null
}

/** To count further would read, for a number nobody compares, what no page shows. */
const MOST_COUNTED = 1000

/**
 * One page of people's own connections. Pages follow each other without gap or repetition whatever is made or used meanwhile: what is
 * used while one turns pages may move past them. Refuses a cursor that is none with `invalid_cursor`.
 */
export async function findChildren(
  db: Db,
  workspaceId: WorkspaceId,
  filter: ChildFilter,
  page: ChildPage,
): Promise<FoundChildren> {
  const { places, counted } = await findPlaces(db, workspaceId, filter, page)
  const shown = places.slice(0, page.limit)
  const last = places.length > page.limit ? shown.at(-1) : undefined
  const connections = await listInOrder(db, workspaceId, shown)
  return { connections, next: last ? writeCursor(page, last) : null, total: totalOf(page, counted) }
}

function totalOf({ cursor }: ChildPage, counted: number): FoundChildren['total'] {
  return cursor === undefined ? { count: Math.min(counted, MOST_COUNTED), orMore: counted > MOST_COUNTED } : null
}

interface Place {
  /** What is sorted by: microseconds since 1970, or `never`. */
  at: string
  id: ConnectionId
}

/** One more than the page holds, by which the caller sees whether there are more; and for the first page how many there are. */
async function findPlaces(db: Db, workspaceId: WorkspaceId, filter: ChildFilter, page: ChildPage) {
  const at = SORTED_BY[page.sort]
  const { cursor, order, limit } = page
  const conditions = [...conditionsOf(workspaceId, filter)]
  if (cursor !== undefined) {
    const after = readCursor(page, cursor)
    conditions.push(sql`(${at}, c.id) ${sql.raw(order === 'asc' ? '>' : '<')} (${instantOf(after)}, ${after.id})`)
  }
  const direction = sql.raw(order)
  const most = cursor === undefined ? MOST_COUNTED : limit
  return db.transaction().execute(async (tx) => {
    // why: the best plan depends on how many rows each value has; a plan for any value would read all of them for a rare one.
    await sql`set local plan_cache_mode = force_custom_plan`.execute(tx)
    const { rows } = await sql<Place & { counted: number }>`with found as materialized (
        select c.id, ${at} as at from connections c where ${sql.join(conditions, sql` and `)}
        order by ${at} ${direction}, c.id ${direction} limit ${most + 1})
      select id, coalesce((extract(epoch from nullif(at, '-infinity')) * 1000000)::bigint::text, 'never') as at,
        (select count(*)::int from found) as counted
      from found order by found.at ${direction}, id ${direction} limit ${limit + 1}`.execute(tx)
    return { places: rows, counted: rows[0]?.counted ?? 0 }
  })
}

// As the indexes have them.
const SORTED_BY = {
  created: sql<Date>`c.created_at`,
  last_used: sql<Date>`coalesce(c.last_used_at, '-infinity')`,
} as const

function* conditionsOf(workspaceId: WorkspaceId, filter: ChildFilter): Generator<Expression<SqlBool>> {
  yield sql`c.workspace_id = ${workspaceId} and c.parent_id is not null and c.deleted_at is null`
  const { search, personKind, revocation } = filter
  const words = childWords(search ?? '')
  if (words !== '') yield sql`c.words @@ ${words}::tsquery`
  for (const [column, value] of [
    ['connector', filter.connector],
    ['parent_id', filter.parentId],
    ['project_id', filter.projectId],
    ['environment', filter.environment],
    ['person_id', filter.personId],
    ['surface', filter.surface],
    ['status', filter.status],
  ] as const)
    if (value !== undefined) yield sql`${sql.ref(`c.${column}`)} = ${value}`
  if (personKind !== undefined)
    yield sql`c.person_id in (select id from persons where workspace_id = ${workspaceId} and kind = ${personKind})`
  if (revocation !== undefined) yield revokedAs(workspaceId, revocation)
  if (filter.createdAfter) yield sql`${SORTED_BY.created} >= ${filter.createdAfter}`
  if (filter.createdBefore) yield sql`${SORTED_BY.created} < ${filter.createdBefore}`
  const { usedAfter, usedBefore } = filter
  // why: said twice, once as the index has it and once as PostgreSQL can tell how many rows it leaves.
  if (usedAfter) yield sql`${SORTED_BY.last_used} >= ${usedAfter} and c.last_used_at >= ${usedAfter}`
  if (usedBefore)
    yield sql`${SORTED_BY.last_used} < ${usedBefore} and (c.last_used_at is null or c.last_used_at < ${usedBefore})`
}

function revokedAs(workspaceId: WorkspaceId, status: string): Expression<SqlBool> {
  // why: the outcome that most have is read along the order of the list, until the page is full; a rare one from its own index.
  if (status === 'revoked')
    return sql`c.status in ('pending', 'lost', 'disconnected', 'orphaned') and not exists (select from grants g where g.connection_id = c.id)
      and (select r.status from revocations r where r.connection_id = c.id order by r.id desc limit 1) = ${status}`
  return sql`c.id in (select r.connection_id from revocations r where r.workspace_id = ${workspaceId} and r.status = ${status}
      and not exists (select from revocations later where later.connection_id = r.connection_id and later.id > r.id))
    and not exists (select from grants g where g.connection_id = c.id)`
}

async function listInOrder(db: Db, workspaceId: WorkspaceId, places: Place[]): Promise<ListedConnection[]> {
  if (places.length === 0) return []
  const ids = places.map(({ id }) => id)
  const rows = await listConnections(db, workspaceId, { ids, kind: 'children', limit: ids.length })
  const byId = new Map(rows.map((row) => [row.id, row]))
  // One that was deleted between the two statements is left out.
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function instantOf({ at }: Place) {
  if (at === 'never') return sql`'-infinity'::timestamptz`
  return sql`'epoch'::timestamptz + ${at}::bigint * interval '1 microsecond'`
}

/** Bound to its order: in another one it would begin somewhere else. */
function writeCursor({ sort, order }: ChildPage, { at, id }: Place): string {
  return Buffer.from(JSON.stringify([sort, order, at, id])).toString('base64url')
}

function readCursor({ sort, order }: ChildPage, cursor: string): Place {
  const [ofSort, ofOrder, at, id] = parse(cursor)
  const isPlace = typeof at === 'string' && /^(never|\d{1,16})$/.test(at) && typeof id === 'string'
  if (ofSort === sort && ofOrder === order && isPlace) return { at, id: id as ConnectionId }
  throw new UserError('invalid_cursor', 'This page of the list does not exist. Begin with the first one.')
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}
