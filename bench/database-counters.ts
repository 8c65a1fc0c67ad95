import pg from 'pg'
import { cpuOfTree } from './process-cpu.ts'

interface Database {
  connectionString: string
  /** Process id of the server. */
  postmaster: number
}

/** What PostgreSQL has done so far. */
export interface Counters {
  /** Transactions that wrote: read-only ones get no id and wait for no disk. */
  writes: number
  walBytes: number
  /** Of the whole server; null where the system does not tell. */
  cpuMs: number | null
}

/** Reads all counters on a connection of its own; itself it writes nothing. */
export async function readCounters({ connectionString, postmaster }: Database): Promise<Counters> {
  const row = await readRow(
    connectionString,
    `select pg_snapshot_xmax(pg_current_snapshot())::text as writes,
        pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as wal`,
  )
  return { writes: Number(row.writes), walBytes: Number(row.wal), cpuMs: await cpuOfTree(postmaster) }
}

/** `PostgreSQL 18.4` and whether its commits are durable. */
export async function readServer(connectionString: string): Promise<string> {
  const { version, fsync, commit } = await readRow(
    connectionString,
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit`,
  )
  return `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}`
}

async function readRow(connectionString: string, query: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(query)).rows[0]
  } finally {
    await client.end()
  }
}
