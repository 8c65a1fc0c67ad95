import { sql } from 'kysely'
import type { Db } from '../../src/database/db.ts'

/** Whether some query in this test's database waits for a lock: so a test knows that two transactions really met. */
export async function hasBlockedQuery(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows.length > 0
}
