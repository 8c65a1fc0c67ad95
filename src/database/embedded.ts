import { resolve } from 'node:path'
import type { Log } from '#core/log.ts'
import { serverAccount } from './embedded/account.ts'
import { findBinaries } from './embedded/binaries.ts'
import { ensureCluster } from './embedded/cluster.ts'
import { ensureDatabase } from './embedded/ensure-database.ts'
import { holdServer } from './embedded/hold-server.ts'
import { chooseEndpoint, connectionString } from './embedded/server.ts'

export interface EmbeddedPostgres {
  /** For any PostgreSQL client on this machine. Holds the generated password: never log it. Valid until `stop()`. */
  connectionString: string
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk when it resolves. May be called twice. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Behalf's data folder, made when missing. The database is found in it by the name `postgres`. */
  dataDir: string
  log: Log
  /**
   * Used only when we are root: where the binaries are copied to and databases are made, because PostgreSQL refuses root and its
   * own user cannot look into a closed home. Every folder above it must be open (mode `o+x`) to all. Default `/var/lib/behalf`.
   */
  base?: string
  /** False gives up durability for speed: for tests, whose data nobody will miss. Default true. */
  durable?: boolean
  /** Default 100. */
  maxConnections?: number
}

/**
 * Starts the PostgreSQL that comes with Behalf and returns when it answers; makes the database at the first start (about two seconds).
 * One process holds a data folder: a second gets `database_in_use`. A server whose Behalf was killed is taken over. A server that dies
 * is started again at the same address while we live.
 *
 * As root the server runs as the system's user `postgres` (made when missing), and `dataDir/postgres` is a link into `base`
 * unless `dataDir` is in there itself.
 *
 * Throws `UserError` with `database_in_use`, `database_missing`, `database_owner_differs`, `database_version_differs`,
 * `database_folder_closed`, `database_user_missing`, `database_no_binaries`; `OutsideError` with `database_start_failed`.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, base = '/var/lib/behalf', durable = true, maxConnections = 100 } = options
  const account = await serverAccount(log)
  const binaries = await findBinaries({ account, base, log })
  const cluster = await ensureCluster({ dataDir: resolve(options.dataDir), base, account, binaries, durable, log })
  const endpoint = await chooseEndpoint(cluster)
  const hold = await holdServer({ cluster, binaries, account, endpoint, durable, maxConnections }, log)
  try {
    await ensureDatabase(cluster, hold.endpoint)
  } catch (error) {
    await hold.stop()
    throw error
  }
  return {
    connectionString: connectionString(hold.endpoint, 'behalf', cluster.passwords.behalf, 'behalf'),
    stop: hold.stop,
  }
}
