import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { OutsideError, UserError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'
import { connectionString, type Endpoint, ensureServer, type Launch, settingsMark, stopServer } from './server.ts'

/** Our hold on a running server. */
export interface Hold {
  endpoint: Endpoint
  /** Stops the server, when it is still ours. */
  stop(): Promise<void>
}

/** An advisory lock in the database `postgres`: nobody else uses the number there. */
const HOLDER_LOCK = 73_310_451
/** How long the session of a killed process may take to end. */
const PREDECESSOR_MS = 1_000
const PATIENCE_MS = 60_000
const POLL_MS = 50

/**
 * Starts the server, or takes over one whose Behalf was killed, and holds it: by an advisory lock in the server itself, which dies with
 * our process and cannot be had by two that find the same orphan. Refuses with `database_in_use` when another process holds it.
 *
 * When the server dies under us it is started again at the same address, and held again.
 */
export async function holdServer(launch: Launch, log: Log): Promise<Hold> {
  let stopping = false
  let stopped: Promise<void> | undefined
  let recovering: Promise<void> = Promise.resolve()
  let client: pg.Client | undefined

  const take = async () => {
    const taken = await takeLock(launch, log)
    taken.client.on('end', () => {
      client = undefined
      if (!stopping) recovering = recover()
    })
    client = taken.client
    return taken.endpoint
  }
  const recover = async () => {
    log.error({}, 'the connection that holds the embedded PostgreSQL ended: starting it again where needed')
    await take().then(
      () => log.info({}, 'the embedded PostgreSQL is held again'),
      (error) => log.error({ error }, 'the embedded PostgreSQL could not be held again'),
    )
  }
  const stop = async () => {
    stopping = true
    await recovering
    if (!client) return
    await stopServer(launch.cluster, log)
    await client?.end().catch(() => {})
  }

  const endpoint = await take()
  return {
    endpoint,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

interface Held {
  client: pg.Client
  endpoint: Endpoint
}

async function takeLock(launch: Launch, log: Log): Promise<Held> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      const held = await tryTakeLock(launch, log)
      if (held) return held
    } catch (error) {
      // A server that its holder is just stopping cuts us off: the next round finds it gone, and starts it.
      if (error instanceof UserError || error instanceof OutsideError || Date.now() > deadline) throw error
      await delay(POLL_MS)
    }
  }
}

/** Undefined after stopping a server that runs with other settings than ours. */
async function tryTakeLock(launch: Launch, log: Log): Promise<Held | undefined> {
  const { host, port } = await ensureServer(launch)
  const endpoint = { host, port }
  const client = await connect(launch, endpoint)
  try {
    await lock(client, launch)
    if (await runsWith(client, settingsMark(launch))) return { client, endpoint }
    log.info({}, 'the PostgreSQL that was left running has other settings: it is restarted')
    await stopServer(launch.cluster, log)
  } catch (error) {
    await end(client)
    throw error
  }
  await end(client)
  return undefined
}

async function connect(launch: Launch, endpoint: Endpoint): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: connectionString(endpoint, 'postgres', launch.cluster.passwords.superuser, 'postgres'),
    application_name: `behalf ${process.pid}`,
    connectionTimeoutMillis: 10_000,
  })
  // Its end is what counts, and comes after every error.
  client.on('error', () => {})
  await client.connect()
  return client
}

async function end(client: pg.Client): Promise<void> {
  await client.end().catch(() => {})
}

async function lock(client: pg.Client, { cluster }: Launch): Promise<void> {
  const deadline = Date.now() + PREDECESSOR_MS
  for (;;) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as locked', [HOLDER_LOCK])
    if (rows[0].locked) return
    if (Date.now() > deadline) break
    await delay(POLL_MS)
  }
  const pid = await findHolder(client)
  throw new UserError(
    'database_in_use',
    `Another Behalf${pid ? `, process ${pid},` : ''} is running on the database in ${cluster.home}. Stop it first, or give this one its own data folder; several machines share one database by DATABASE_URL.`,
    { status: 409, details: { pid } },
  )
}

/** The process id of whoever holds the lock, which it gave as its connection's name. */
async function findHolder(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1 and a.datname = current_database()`,
    [HOLDER_LOCK],
  )
  const pid = Number(rows[0]?.name.replace(/^behalf /, ''))
  return Number.isInteger(pid) ? pid : undefined
}

async function runsWith(client: pg.Client, mark: string): Promise<boolean> {
  const { rows } = await client.query(`select current_setting('behalf.settings', true) as mark`)
  return rows[0].mark === mark
}
