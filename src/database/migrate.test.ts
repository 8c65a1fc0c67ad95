import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import { migrate } from './migrate.ts'

const { connectionString, pool, drop } = await testDatabase()
afterAll(drop)

let path: string
let folder: URL
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'behalf-migrations-'))
  folder = pathToFileURL(`${path}/`)
  await pool.query('drop table if exists schema_migrations, first, second, third')
})
afterEach(() => rm(path, { recursive: true }))

test('runs what is missing, in order, and nothing twice', async () => {
  await write('0001_first.sql', 'create table first (id integer); insert into first values (1)')
  expect(await migrate(pool, { folder })).toEqual(['0001_first.sql'])
  await write('0002_second.sql', 'create table second as select id from first')
  await write('0003_third.sql', 'create table third as select id from second')
  expect(await migrate(pool, { folder })).toEqual(['0002_second.sql', '0003_third.sql'])
  expect(await migrate(pool, { folder })).toEqual([])
  expect((await pool.query('select id from third')).rows).toEqual([{ id: 1 }])
  const { rows } = await pool.query('select version, name from schema_migrations order by version')
  expect(rows.map((row) => `${row.version} ${row.name}`)).toEqual([
    '1 0001_first.sql',
    '2 0002_second.sql',
    '3 0003_third.sql',
  ])
})

test('runs each once when several processes start at once', async () => {
  await write('0001_first.sql', 'create table first (id integer); select pg_sleep(0.05)')
  await write('0002_second.sql', 'create table second (id integer); insert into second values (1)')
  const ran = await Promise.all([1, 2, 3, 4].map(() => migrate(pool, { folder })))
  expect(ran.flat().sort()).toEqual(['0001_first.sql', '0002_second.sql'])
  expect((await pool.query('select id from second')).rowCount).toBe(1)
})

test('rolls a failing one back whole, names it, and goes on from there', async () => {
  await write('0001_first.sql', 'create table first (id integer)')
  await write('0002_second.sql', 'create table second (id integer); select broken')
  await expect(migrate(pool, { folder })).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringMatching(/^0002_second\.sql failed.*"broken" does not exist/),
  })
  expect((await pool.query(`select to_regclass('second') as name`)).rows).toEqual([{ name: null }])
  await write('0002_second.sql', 'create table second (id integer)')
  expect(await migrate(pool, { folder })).toEqual(['0002_second.sql'])
})

test('refuses a database whose migrations were edited or renamed', async () => {
  await write('0001_first.sql', 'create table first (id integer)')
  await migrate(pool, { folder })
  await write('0001_first.sql', 'create table first (id bigint)')
  await expect(migrate(pool, { folder })).rejects.toMatchObject({ code: 'migration_changed' })
  await rm(join(path, '0001_first.sql'))
  await write('0001_renamed.sql', 'create table first (id integer)')
  await expect(migrate(pool, { folder })).rejects.toMatchObject({ code: 'migration_changed' })
})

test('takes a checkout with Windows line ends for the same', async () => {
  await write('0001_first.sql', 'create table first (\n  id integer\n)')
  await migrate(pool, { folder })
  await write('0001_first.sql', 'create table first (\r\n  id integer\r\n)')
  expect(await migrate(pool, { folder })).toEqual([])
})

test('starts on a database to which a newer Behalf has only added', async () => {
  await write('0001_first.sql', 'create table first (id integer)')
  await write('0002_second.sql', 'create table second (id integer)')
  await migrate(pool, { folder })
  await rm(join(path, '0002_second.sql'))
  expect(await migrate(pool, { folder })).toEqual([])
})

test('refuses a database from which a newer Behalf took away what this one uses', async () => {
  await write('0001_first.sql', 'create table first (id integer, old integer)')
  await write('0002_second.sql', 'create table second (id integer)')
  await write('0003_third.sql', '-- contract: for code from 0002\nalter table first drop old')
  await migrate(pool, { folder })
  await rm(join(path, '0003_third.sql'))
  expect(await migrate(pool, { folder })).toEqual([])
  await rm(join(path, '0002_second.sql'))
  await expect(migrate(pool, { folder })).rejects.toMatchObject({
    code: 'database_newer',
    message: expect.stringContaining('0003_third.sql'),
  })
})

test('takes nothing away from a process that runs and uses it', async () => {
  await write('0001_first.sql', 'create table first (id integer, old integer)')
  await write('0002_second.sql', 'create table second (id integer)')
  const older = new pg.Client({ connectionString, application_name: 'behalf knows 0001' })
  await older.connect()
  await write('0003_third.sql', '-- contract: for code from 0002\nalter table first drop old')
  await expect(migrate(pool, { folder })).rejects.toMatchObject({ code: 'older_behalf_running' })
  await older.query('select old from first, second')
  await older.query(`set application_name = 'behalf knows 0002'`)
  expect(await migrate(pool, { folder })).toEqual(['0003_third.sql'])
  await older.end()
})

test('gives way to a transaction that holds a table, so that nobody waits behind it', async () => {
  await write('0001_first.sql', 'create table first (id integer)')
  await migrate(pool, { folder })
  await write('0002_second.sql', 'alter table first add size integer')
  const long = new pg.Client({ connectionString })
  await long.connect()
  await long.query('begin; select from first')
  const migrated = migrate(pool, { folder })
  const isWaiting = async () => (await pool.query('select from pg_locks where not granted')).rowCount === 1
  await until(isWaiting)
  await pool.query('select from first')
  await until(async () => !(await isWaiting()))
  await long.query('commit')
  expect(await migrated).toEqual(['0002_second.sql'])
  await long.end()
})

test('refuses numbers with a gap before it touches the database', async () => {
  await write('0002_second.sql', 'create table second (id integer)')
  await expect(migrate(pool, { folder })).rejects.toThrow(/without a gap/)
})

test('says that the database cannot be reached, without the password', async () => {
  const nowhere = new pg.Pool({ connectionString: 'postgresql://behalf:hunter2@127.0.0.1:1/behalf' })
  const error = await migrate(nowhere).catch((error) => error)
  expect(error).toMatchObject({ code: 'database_unreachable', retryable: true })
  expect(error.message).not.toContain('hunter2')
})

function write(name: string, sql: string): Promise<void> {
  return writeFile(join(path, name), sql)
}
