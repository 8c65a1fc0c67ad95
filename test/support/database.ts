import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { databaseUrl } from './template.ts'

export interface TestDatabase extends Pick<Database, 'db' | 'pool'> {
  connectionString: string
  /** Closes the pool and removes the database, whoever is still connected. May be called twice. */
  drop(): Promise<void>
}

/**
 * A fresh, migrated database (the queue's schema included), for one test file: `afterAll(drop)`. Cloned in well under 100 ms. On the
 * server of the whole run unless another is given.
 */
export async function testDatabase(server = inject('database')): Promise<TestDatabase> {
  return makeDatabase(server, server.template)
}

/** A copy of a test database as it is now. Whoever is connected to the original is cut off, so its server must have been stopped. */
export async function cloneDatabase({
  connectionString,
}: Pick<TestDatabase, 'connectionString'>): Promise<TestDatabase> {
  const original = new URL(connectionString).pathname.slice(1)
  const server = inject('database')
  await onServer(
    server.connectionString,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${original}'`,
  )
  return makeDatabase(server, original)
}

async function makeDatabase(server: { connectionString: string }, template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server.connectionString, `create database ${name} template ${template}`)
  const connectionString = databaseUrl(server.connectionString, name)
  const database = openDatabase({ connectionString, maxConnections: 10, log: quiet })
  let dropped: Promise<void> | undefined
  const drop = async () => {
    await database.close()
    await onServer(server.connectionString, `drop database if exists ${name} with (force)`)
  }
  return {
    db: database.db,
    pool: database.pool,
    connectionString,
    drop: () => {
      dropped ??= drop()
      return dropped
    },
  }
}

async function onServer(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
