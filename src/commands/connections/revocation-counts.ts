import { type SelectQueryBuilder, sql } from 'kysely'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'

/** How many revocations stand where: still tried, ended at the application, left alone there, not possible, given up. */
export type RevocationCounts = Record<Tables['revocations']['status'], number>

type Query = SelectQueryBuilder<Tables, 'revocations', object>

/** Counts the revocations that `which` leaves, by how they went so far. */
export async function countRevocations(db: Db, which: (query: Query) => Query): Promise<RevocationCounts> {
  const rows = await which(db.selectFrom('revocations'))
    .select(['status', sql<number>`count(*)::int`.as('count')])
    .groupBy('status')
    .execute()
  const counts: RevocationCounts = { pending: 0, revoked: 0, kept: 0, unsupported: 0, failed: 0 }
  for (const { status, count } of rows) counts[status] = count
  return counts
}
