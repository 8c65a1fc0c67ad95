import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { migrate } from '../../src/database/migrate.ts'

const MIGRATIONS = new URL('../../src/database/migrations/', import.meta.url)
const TEMPLATE_LOCK = 73_310_499

/** Makes the migrated database that test databases are cloned from, once per server and state of the migrations. Returns its name. */
export async function makeTemplate(connectionString: string): Promise<string> {
  const name = `template_${await hashMigrations()}`
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rows.length === 0) await build(client, connectionString, name)
  } finally {
    await client.end()
  }
  return name
}

/** The address of another database of the same server. */
export function databaseUrl(connectionString: string, database: string): string {
  const url = new URL(connectionString)
  url.pathname = `/${database}`
  return url.href
}

async function hashMigrations(): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(MIGRATIONS)).sort())
    hash.update(name).update(await readFile(new URL(name, MIGRATIONS)))
  return hash.digest('hex').slice(0, 12)
}

/** Renamed at the end, so that a build that failed half-way is never taken for a template. */
async function build(client: pg.Client, connectionString: string, name: string): Promise<void> {
  const draft = `${name}_draft`
  await client.query(`drop database if exists ${draft}`)
  await client.query(`create database ${draft}`)
  const url = databaseUrl(connectionString, draft)
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    await migrate(pool)
  } finally {
    await pool.end()
  }
  // Loaded only here: it takes a second, which most runs of a sabotage need not spend.
  const { Logger, runMigrations } = await import('graphile-worker')
  await runMigrations({ connectionString: url, logger: new Logger(() => () => {}) })
  await client.query(`alter database ${draft} rename to ${name}`)
}
