import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { OutsideError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'
import type { ServerAccount } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { findPostmaster, type Postmaster, postmasterLives } from './postmaster.ts'

/** Where the server listens: a folder with its socket, or the loopback address. */
export interface Endpoint {
  host: string
  port: number
}

/** All that a server is started with. */
export interface Launch {
  cluster: Cluster
  binaries: Binaries
  account: ServerAccount | null
  endpoint: Endpoint
  durable: boolean
  maxConnections: number
}

/** How long a start (with recovery after a crash) or a stop (with its checkpoint) may take. */
const PATIENCE_MS = 60_000
const POLL_MS = 20
const MAX_LOG_BYTES = 10 * 1024 * 1024
/** `sockaddr_un` has room for 107 bytes and a zero. */
const MAX_SOCKET_PATH_BYTES = 107

/** A unix socket in the cluster's own folder, or a free port on loopback where the folder's path is too long for one. */
export async function chooseEndpoint(cluster: Cluster): Promise<Endpoint> {
  const host = join(cluster.home, 'run')
  const path = join(host, '.s.PGSQL.5432')
  if (process.platform !== 'win32' && Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return { host, port: 5432 }
  // An orphan keeps its port, so that it can be taken over as it is.
  return { host: '127.0.0.1', port: (await findPostmaster(cluster))?.port || (await freePort()) }
}

export function connectionString(endpoint: Endpoint, user: string, password: string, database: string): string {
  const host = endpoint.host.startsWith('/')
    ? `localhost:${endpoint.port}/${database}?host=${encodeURIComponent(endpoint.host)}`
    : `${endpoint.host}:${endpoint.port}/${database}`
  return `postgresql://${user}:${password}@${host}`
}

/** Returns the server that runs on the cluster and is ready, ours or an orphan; starts it when there is none. */
export async function ensureServer(launch: Launch): Promise<Postmaster> {
  const deadline = Date.now() + PATIENCE_MS
  let started: Started | undefined
  while (Date.now() < deadline) {
    const postmaster = await findPostmaster(launch.cluster)
    if (postmaster?.ready) return postmaster
    // Of two servers started at once PostgreSQL lets one live; the one that lost is no failure while the other is there.
    if (!postmaster && started?.exited) throw await startFailed(launch.cluster, started.error)
    if (!postmaster) started ??= await startServer(launch)
    await delay(POLL_MS)
  }
  throw await startFailed(launch.cluster)
}

/** Fast shutdown, and waits for its end. */
export async function stopServer(cluster: Cluster, log: Log): Promise<void> {
  const postmaster = await findPostmaster(cluster)
  if (!postmaster) return
  signal(postmaster.pid, 'SIGINT')
  const deadline = Date.now() + PATIENCE_MS
  let told = false
  while (await postmasterLives(postmaster, cluster)) {
    if (Date.now() > deadline && !told) {
      log.warn(
        { pid: postmaster.pid },
        'PostgreSQL does not end by itself: it is cut off, and recovers at the next start',
      )
      signal(postmaster.pid, 'SIGQUIT')
      told = true
    }
    await delay(POLL_MS)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Names the settings a server runs with, so that an orphan of an older Behalf is recognised. */
export function settingsMark(launch: Launch): string {
  return createHash('sha256')
    .update(JSON.stringify(settings(launch)))
    .digest('hex')
    .slice(0, 16)
}

function settings({ binaries, endpoint, durable, maxConnections }: Launch): Record<string, string> {
  const onSocket = endpoint.host.startsWith('/')
  return {
    listen_addresses: onSocket ? '' : endpoint.host,
    unix_socket_directories: onSocket ? endpoint.host : '',
    unix_socket_permissions: '0700',
    port: String(endpoint.port),
    max_connections: String(maxConnections),
    shared_buffers: '128MB',
    // Our statements are short: compiling them costs more than it saves.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors come to us by the connection. In the log they would carry values of rows.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    'behalf.programs': binaries.postgres,
    // Autovacuum would sit in template databases just when they are to be cloned.
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }),
  }
}

interface Started {
  exited: boolean
  error?: Error
}

async function startServer(launch: Launch): Promise<Started> {
  const { cluster, binaries, account } = launch
  const flags = Object.entries({ ...settings(launch), 'behalf.settings': settingsMark(launch) })
  const log = await openLog(cluster)
  try {
    // Detached: Ctrl-C in a terminal reaches us alone, and we end it when our own work is done.
    const child = spawn(
      binaries.postgres,
      ['-D', cluster.data, ...flags.flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      {
        cwd: cluster.home,
        detached: true,
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
        stdio: ['ignore', log.fd, log.fd],
        ...account,
      },
    )
    const started: Started = { exited: false }
    child.on('exit', () => {
      started.exited = true
    })
    child.on('error', (error) => Object.assign(started, { exited: true, error }))
    child.unref()
    return started
  } finally {
    await log.close()
  }
}

async function openLog(cluster: Cluster): Promise<FileHandle> {
  const path = join(cluster.home, 'log')
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size > MAX_LOG_BYTES) await rename(path, `${path}.old`)
  // The folder is the server account's: as root we must not be led elsewhere by a link in it.
  return open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600)
}

async function startFailed(cluster: Cluster, cause?: Error): Promise<OutsideError> {
  const log = await readFile(join(cluster.home, 'log'), 'utf8').catch(() => '')
  const said = log.trim().split('\n').slice(-5).join('\n')
  return new OutsideError(
    'database_start_failed',
    `PostgreSQL did not start. ${cause?.message ?? `It said last: ${said}`}`,
    {
      retryable: false,
      cause,
    },
  )
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
