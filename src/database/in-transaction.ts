import type { Db } from './db.ts'

/**
 * Runs `work` in a transaction: the caller's, when `db` already is one, otherwise a new one that is committed when
 * `work` ends and rolled back when it throws. So a function that must be atomic can also be a part of something larger.
 */
export function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}
