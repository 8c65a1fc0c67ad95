import { expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { openDatabase } from './database.ts'
import { isDatabaseOutage } from './is-database-outage.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

test('knows a connection that was cut, and a server that is not there, from a wrong statement', async () => {
  const { pool, drop } = await testDatabase()
  const client = await pool.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const [cut] = await Promise.allSettled([
    client.query('select pg_sleep(30)'),
    pool.query('select pg_terminate_backend($1)', [rows[0].pid]),
  ])
  client.release(true)
  expect(cut.status === 'rejected' && isDatabaseOutage(cut.reason)).toBe(true)
  const wrong = await pool.query('select nothing_of_that_name').catch((error: unknown) => error)
  expect(isDatabaseOutage(wrong)).toBe(false)
  await drop()

  const nobody = openDatabase({ connectionString: 'postgresql://x@127.0.0.1:1/x', maxConnections: 1, log: quiet })
  const refused = await nobody.pool.query('select 1').catch((error: unknown) => error)
  expect(isDatabaseOutage(refused)).toBe(true)
  await nobody.close()
  expect(isDatabaseOutage(new TypeError('a fault of ours'))).toBe(false)
})
