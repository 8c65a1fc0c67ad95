import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Log } from '#core/log.ts'
import type { Db } from './db.ts'
import { preparingPool } from './preparing-pool.ts'
import type { Tables } from './tables.ts'

export interface Database {
  db: Db
  /** For what Kysely does not do: the queue, LISTEN, migrations. The same connections. */
  pool: pg.Pool
  /** Waits for what is running, then closes every connection. May be called twice. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** A server of one's own or the embedded one: from here on there is no difference. */
  connectionString: string
  maxConnections: number
  log: Log
  /** What its connections are called at the database; left out: behalf. */
  name?: string
}

const DATE_OID = 1082

/**
 * One pool and Kysely on it. Connects when first used; no free connection within 10 seconds is an error of that use.
 * `bigint` and `date` are read as strings, `timestamptz` as `Date`.
 */
export function openDatabase({ connectionString, maxConnections, log, name = 'behalf' }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    application_name: name,
    types: { getTypeParser },
  })
  // An idle connection that ends (server restarted) is replaced at the next use; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection ended'))
  // A connection can also end while it is handed out; its holder's query says so, and without a listener the process would end.
  pool.on('connect', (client) => client.on('error', (error) => log.warn({ err: error }, 'a database connection ended')))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) })
  let closed: Promise<void> | undefined
  return {
    db,
    pool,
    close: () => {
      closed ??= pool.end()
      return closed
    },
  }
}

/** A `date` has no time zone: as a `Date` it would be another day elsewhere. */
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') =>
  oid === DATE_OID ? (value: string) => value : pg.types.getTypeParser(oid, format as 'text')
