import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import type { Db } from './db.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
  await sql`create table things (id integer primary key, name text)`.execute(database.db)
  await sql`insert into things values (1, 'one'), (2, 'two')`.execute(database.db)
})
afterAll(() => database.drop())

/** Every run is on the connection of `db`. */
const read = async (db: Db, id: number) => (await sql`select * from things where id = ${id}`.execute(db)).rows[0]

const prepared = async (db: Db) =>
  (
    await sql<{ statement: string }>`
      select statement from pg_prepared_statements where statement like 'select * from things%'`.execute(db)
  ).rows.length

test('prepares a statement from its second use on, and answers the same', async () => {
  await database.db.connection().execute(async (db) => {
    expect(await read(db, 1)).toEqual({ id: 1, name: 'one' })
    expect(await prepared(db)).toBe(0)
    expect(await read(db, 2)).toEqual({ id: 2, name: 'two' })
    expect(await prepared(db)).toBe(1)
    expect(await read(db, 1)).toEqual({ id: 1, name: 'one' })
  })
})

test('a table changed by another process meanwhile is read with its new columns', async () => {
  await database.db.connection().execute(async (db) => {
    await read(db, 1)
    await read(db, 1)
    await database.pool.query('alter table things add column size integer default 7')
    expect(await read(db, 1)).toEqual({ id: 1, name: 'one', size: 7 })
  })
})

test('within a transaction as well, which goes on', async () => {
  await database.db.connection().execute(async (db) => {
    await read(db, 1)
    await read(db, 1)
    await database.pool.query('alter table things add column weight integer default 8')
    await db.transaction().execute(async (tx) => {
      await sql`insert into things values (${3}, ${'three'})`.execute(tx)
      expect(await read(tx, 3)).toMatchObject({ name: 'three', weight: 8 })
    })
  })
})

test('an error of the statement itself is the caller’s, and the connection goes on', async () => {
  await database.db.connection().execute(async (db) => {
    const insert = () => sql`insert into things (id) values (${1})`.execute(db)
    await expect(insert()).rejects.toThrow(/duplicate key/)
    await expect(insert()).rejects.toThrow(/duplicate key/)
    expect(await read(db, 2)).toMatchObject({ id: 2 })
  })
})
