import { sql } from 'kysely'
import type { Db } from '../../src/database/db.ts'

/** Whether some query in this test's database waits for a lock: so a test knows that two transactions really met. */
export const hasBlockedQuery = async (db: Db): Promise<boolean> => (await countBlockedQueries(db)) > 0

/** How many that match. */
export async function countBlockedQueries(db: Db, wanted = /./): Promise<number> {
  const { rows } = await sql<{ query: string }>`select query from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows.filter(({ query }) => wanted.test(query)).length
}
