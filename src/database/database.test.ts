import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import { openDatabase } from './database.ts'

const { connectionString, drop } = await testDatabase()
afterAll(drop)

const log = { debug() {}, info() {}, warn() {}, error() {} }

test('reads dates and big numbers as strings and instants as Date, whatever the time zone', async () => {
  const { db, close } = openDatabase({ connectionString, maxConnections: 2, log })
  const { rows } = await sql`select date '2026-01-31' as day, 9007199254740993::bigint as big,
    timestamptz '2026-01-31 10:00:00+02' as at`.execute(db)
  expect(rows).toEqual([{ day: '2026-01-31', big: '9007199254740993', at: new Date('2026-01-31T08:00:00Z') }])
  await close()
})

test('shares one set of connections between Kysely and the pool, never more than asked for', async () => {
  const { db, pool, close } = openDatabase({ connectionString, maxConnections: 2, log })
  await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? pool.query('select 1') : sql`select 1`.execute(db))))
  expect(pool.totalCount).toBe(2)
  await Promise.all([close(), close()])
  expect(pool.totalCount).toBe(0)
})

test('goes on with fresh connections after the server ended the idle ones', async () => {
  const warnings: string[] = []
  const watching = { ...log, warn: (_: object, message: string) => warnings.push(message) }
  const { pool, close } = openDatabase({ connectionString, maxConnections: 1, log: watching })
  const { rows } = await pool.query('select pg_backend_pid() as pid')
  const other = openDatabase({ connectionString, maxConnections: 1, log })
  await other.pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  await until(() => warnings.length > 0)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await close()
  await other.close()
})
