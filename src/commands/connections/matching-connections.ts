import { type Expression, type SqlBool, sql } from 'kysely'
import type { ConnectionId, PersonId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { CutOffKind } from './cut-off-connections.ts'

/** Whose connections are meant: a person's, those of one application, or these. */
export type ManyFilter = { personId: PersonId } | { connector: string } | { ids: ConnectionId[] }

interface Matching {
  workspaceId: WorkspaceId
  filter: ManyFilter
  kind: CutOffKind
}

/** People's own connections that fit, of which something is left to end. */
export function matching({ workspaceId, filter, kind }: Matching): Expression<SqlBool> {
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

/** How many there are. */
export async function countMatching(tx: Db, wanted: Matching): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from connections c where ${matching(wanted)}`.execute(tx)
  return rows[0]?.total ?? 0
}

/** The next of those there were at that time, after the one that was done last; locked. */
export async function nextMatching(
  tx: Db,
  wanted: Matching & { doneUntil: string; createdAt: Date; limit: number },
): Promise<ConnectionId[]> {
  const { rows } = await sql<{ id: ConnectionId }>`
    select c.id from connections c where ${matching(wanted)} and c.id > ${wanted.doneUntil}
      and c.created_at <= ${wanted.createdAt} order by c.id limit ${wanted.limit} for update`.execute(tx)
  return rows.map(({ id }) => id)
}
