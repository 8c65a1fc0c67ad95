import { sql } from 'kysely'
import type { Db } from '#database/db.ts'

export interface Limit {
  /** What is limited, and for whom: `sign-in:ip:203.0.113.7`. Keys are kept in clear. */
  key: string
  /** So many in a window. */
  limit: number
  windowMs: number
}

export interface Taken {
  allowed: boolean
  /** How many were taken in this window, this one included. */
  used: number
  retryAfterSeconds: number
}

/**
 * Takes one of what the limit allows. A window begins with the first one taken and is fixed; refused tries count, but do
 * not lengthen it. One statement: any number at once, on any number of machines, get no more than the limit.
 */
export async function takeFromLimit(db: Db, { key, limit, windowMs }: Limit, now: Date): Promise<Taken> {
  const stale = sql<boolean>`rate_limits.window_started_at <= ${new Date(now.getTime() - windowMs)}`
  const row = await db
    .insertInto('rate_limits')
    .values({ key, window_started_at: now, used: 1 })
    .onConflict((oc) =>
      oc.column('key').doUpdateSet({
        used: sql`case when ${stale} then 1 else least(rate_limits.used + 1, 1000000) end`,
        window_started_at: sql`case when ${stale} then excluded.window_started_at else rate_limits.window_started_at end`,
      }),
    )
    .returning(['used', 'window_started_at'])
    .executeTakeFirstOrThrow()
  const endsInMs = row.window_started_at.getTime() + windowMs - now.getTime()
  return { allowed: row.used <= limit, used: row.used, retryAfterSeconds: Math.max(1, Math.ceil(endsInMs / 1000)) }
}

/** Gives one back, for a try that turned out not to count. */
export async function giveBackToLimit(db: Db, key: string): Promise<void> {
  await db
    .updateTable('rate_limits')
    .set({ used: sql`rate_limits.used - 1` })
    .where('key', '=', key)
    .where('used', '>', 0)
    .execute()
}

/** Removes the rows of windows that began before; for the sweep. `before` must be older than the longest window. */
export async function deleteOldLimits(db: Db, before: Date): Promise<number> {
  const result = await db.deleteFrom('rate_limits').where('window_started_at', '<', before).executeTakeFirst()
  return Number(result.numDeletedRows)
}
