import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { Bug, OutsideError, UserError } from '#core/errors.ts'

/** One numbered file of SQL. */
interface Migration {
  version: number
  name: string
  sql: string
  checksum: string
}

interface Applied {
  version: number
  name: string
  checksum: string
}

const MIGRATION_LOCK = 73_310_452
const MIGRATIONS = new URL('./migrations/', import.meta.url)

/**
 * Brings the schema up to this version of the code: runs every file of `migrations/` that is not yet in `schema_migrations`, in order,
 * each in its own transaction. Any number of processes may call it at once: one migrates, the others wait and find it done.
 * Returns the names of those it ran.
 *
 * Throws `UserError` with `migration_changed` when an applied file was edited, renamed or removed, `database_newer` when the database
 * was migrated by a newer Behalf; `OutsideError` with `database_unreachable`, or with `migration_failed`: that file is rolled back whole.
 */
export async function migrate(pool: pg.Pool, { folder = MIGRATIONS }: { folder?: URL } = {}): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = await connect(pool)
  const ran: string[] = []
  try {
    for (;;) {
      const name = await runNext(client, migrations)
      if (name === undefined) return ran
      ran.push(name)
    }
  } finally {
    client.release()
  }
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
      if (version !== index + 1) throw new Bug(`migrations are numbered from 0001 without a gap: ${name}`)
      // A checkout may turn line ends around; that changes nothing.
      const sql = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n')
      return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (cause) {
    const said = (cause as Error).message || (cause as NodeJS.ErrnoException).code
    throw new OutsideError('database_unreachable', `The database cannot be reached: ${said}`, {
      retryable: true,
      cause,
    })
  }
}

/** Runs the first migration not yet applied; undefined when there is none. The lock lasts as long as the transaction, so a pooler may stand in between. */
async function runNext(client: pg.PoolClient, migrations: Migration[]): Promise<string | undefined> {
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    const applied = await loadApplied(client)
    checkApplied(applied, migrations)
    const next = migrations[applied.length]
    if (next) await run(client, next)
    await client.query('commit')
    return next?.name
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

async function loadApplied(client: pg.PoolClient): Promise<Applied[]> {
  const { rows: found } = await client.query(`select to_regclass('schema_migrations') as name`)
  if (found[0].name === null) {
    await client.query(`create table schema_migrations (
      version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
  }
  const { rows } = await client.query<Applied>('select version, name, checksum from schema_migrations order by version')
  return rows
}

function checkApplied(applied: Applied[], migrations: Migration[]): void {
  for (const [index, done] of applied.entries()) {
    const ours = migrations[index]
    if (!ours) {
      throw new UserError(
        'database_newer',
        `The database was migrated by a newer Behalf (it has ${done.name}, which this one does not know). Start that Behalf, or restore a backup from before.`,
        { status: 409 },
      )
    }
    if (ours.name !== done.name || ours.checksum !== done.checksum) {
      throw new UserError(
        'migration_changed',
        `The database was migrated by ${done.name}, which is not the ${ours.name} of this Behalf. Applied migrations are never edited: put the file back as it was, and write a new one.`,
        { status: 409 },
      )
    }
  }
}

async function run(client: pg.PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql)
  } catch (cause) {
    const said = (cause as Error).message
    throw new OutsideError('migration_failed', `${migration.name} failed and was rolled back: ${said}`, {
      retryable: false,
      cause,
    })
  }
  await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ])
}
