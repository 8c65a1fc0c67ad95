import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { Bug, OutsideError, UserError } from '#core/errors.ts'
import { withRetries } from '#core/with-retries.ts'

/** One numbered file of SQL. */
interface Migration {
  version: number
  name: string
  sql: string
  checksum: string
  /** It takes away what code used that knows fewer migrations than this; null: it only adds. */
  oldestCode: number | null
}

type Applied = Pick<Migration, 'version' | 'name' | 'checksum' | 'oldestCode'>

const MIGRATION_LOCK = 73_310_452
const MIGRATIONS = new URL('./migrations/', import.meta.url)
/** Three minutes, with half a second's wait for a lock each time. */
const LOCK_PAUSES_MS = Array<number>(240).fill(250)

/**
 * Brings the schema up to this version of the code: runs every file of `migrations/` that is not yet in `schema_migrations`, in order,
 * each in its own transaction. Any number of processes may call it at once: one migrates, the others wait and find it done.
 * Returns the names of those it ran.
 *
 * Older code goes on working while and after a migration runs, and may be started again, until one whose first line is
 * `-- contract: for code from 0016` takes away what code used that does not know 0016. Other processes are never kept waiting for long:
 * a migration that does not get its locks at once gives way, and is tried again.
 *
 * Throws `UserError` with `migration_changed` when an applied file was edited, renamed or removed, `database_newer` when a newer Behalf
 * took away what this one uses, `older_behalf_running` where a migration would do that to processes that run; `OutsideError` with
 * `database_unreachable`, or with `migration_failed`: that file is rolled back whole.
 */
export async function migrate(pool: pg.Pool, { folder = MIGRATIONS }: { folder?: URL } = {}): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = await connect(pool)
  const ran: string[] = []
  try {
    for (;;) {
      const name = await withRetries(LOCK_PAUSES_MS, isLocked, () => runNext(client, migrations))
      if (name === undefined) return ran
      ran.push(name)
    }
  } finally {
    client.release()
  }
}

/** What connections of this code are called at the database: `behalf knows 0014` has no newer migration. */
export async function nameAtDatabase(): Promise<string> {
  const newest = (await readMigrations(MIGRATIONS)).at(-1)
  return `behalf knows ${newest?.name.slice(0, 4)}`
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
      if (version !== index + 1) throw new Bug(`migrations are numbered from 0001 without a gap: ${name}`)
      // A checkout may turn line ends around; that changes nothing.
      const sql = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n')
      const oldestCode = Number(/^-- contract: for code from (\d{4})$/m.exec(sql)?.[1]) || null
      return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex'), oldestCode }
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
    if (next?.oldestCode) await refuseWhileOlderRuns(client, next.name, next.oldestCode)
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
  await client.query('alter table schema_migrations add column if not exists oldest_code integer')
  const { rows } = await client.query<Applied>(
    'select version, name, checksum, oldest_code as "oldestCode" from schema_migrations order by version',
  )
  return rows
}

function checkApplied(applied: Applied[], migrations: Migration[]): void {
  for (const [index, done] of applied.entries()) {
    const ours = migrations[index]
    if (!ours && (done.oldestCode ?? 0) > migrations.length) {
      throw new UserError(
        'database_newer',
        `The database was migrated by a newer Behalf: ${done.name} took away what this one uses. Start that Behalf, or restore a backup from before.`,
        { status: 409 },
      )
    }
    if (!ours) continue
    if (ours.name !== done.name || ours.checksum !== done.checksum) {
      throw new UserError(
        'migration_changed',
        `The database was migrated by ${done.name}, which is not the ${ours.name} of this Behalf. Applied migrations are never edited: put the file back as it was, and write a new one.`,
        { status: 409 },
      )
    }
  }
}

/** Whoever is connected says in its name what it knows: also a process that only answers requests, or that hangs. */
async function refuseWhileOlderRuns(client: pg.PoolClient, name: string, oldestCode: number): Promise<void> {
  const { rows } = await client.query<{ host: string }>(
    `select distinct coalesce(host(client_addr), 'this machine') as host from pg_stat_activity
    where datname = current_database() and application_name ~ '^behalf knows \\d{4}$' and right(application_name, 4)::int < $1`,
    [oldestCode],
  )
  if (rows.length === 0) return
  throw new UserError(
    'older_behalf_running',
    `${name} takes away what an older Behalf uses that still runs (on ${rows.map(({ host }) => host).join(', ')}). Stop every process of it, then start this one.`,
    { status: 409 },
  )
}

async function run(client: pg.PoolClient, migration: Migration): Promise<void> {
  // why: what waits for a table's lock holds up everybody who comes after it, and may end in a deadlock with somebody's transaction.
  await client.query(`set local lock_timeout = '500ms'`)
  try {
    await client.query(migration.sql)
  } catch (cause) {
    if (isLocked(cause)) throw cause
    const said = (cause as Error).message
    throw new OutsideError('migration_failed', `${migration.name} failed and was rolled back: ${said}`, {
      retryable: false,
      cause,
    })
  }
  const { version, name, checksum, oldestCode } = migration
  await client.query('insert into schema_migrations (version, name, checksum, oldest_code) values ($1, $2, $3, $4)', [
    version,
    name,
    checksum,
    oldestCode,
  ])
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: lock_not_available. */
const isLocked = (error: unknown): boolean => (error as { code?: unknown }).code === '55P03'
