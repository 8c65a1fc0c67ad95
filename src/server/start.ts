import type { Hono } from 'hono'
import { findOwnerLink } from '#commands/sign-in.ts'
import { countMovedRedirectUris } from '#connections/moved-redirect-uris.ts'
import { openKeyRing } from '#connections/sealing/key-ring.ts'
import type { Log } from '#core/log.ts'
import type { Tracer } from '#core/trace.ts'
import { openDatabase } from '#database/database.ts'
import { startEmbeddedPostgres } from '#database/embedded.ts'
import { migrate, nameAtDatabase } from '#database/migrate.ts'
import { migrateQueue } from '#jobs/queue.ts'
import { startBackground, startWebLoops } from './background.ts'
import type { Configuration } from './configuration.ts'
import { healthApp, httpApp } from './http.ts'
import { startHttpServer } from './http-server.ts'
import { keySource } from './key-source.ts'
import { startListening } from './listen.ts'
import { makeMailer } from './mailer.ts'
import type { TraceSettings } from './trace-settings.ts'
import { type Wired, type Wiring, wire } from './wire.ts'

export interface Started {
  url: URL
  /** Where whoever started it creates its owner; null once there is one. */
  ownerLink: URL | null
  ctx: Wired['ctx']
  app: Hono
  /** Lets open requests and running jobs end, then closes everything, the embedded database last. */
  stop(): Promise<void>
}

/** Starts a whole server: database, migrations, keys, rooms, workers, HTTP. What was started is stopped again when a later step fails. */
export async function startBehalf(
  configuration: Configuration,
  { log, ...overrides }: { log: Log; embeddedBase?: string } & Partial<Wiring>,
): Promise<Started> {
  const undo: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const each of undo.splice(0).reverse()) await each()
  }
  try {
    const connectionString = await databaseUrl(configuration, log, overrides.embeddedBase, undo)
    const maxConnections = configuration.concurrency * 2 + 15
    const database = openDatabase({ connectionString, maxConnections, log, name: await nameAtDatabase() })
    undo.push(() => database.close())
    await migrate(database.pool)
    await migrateQueue(database.pool, log)
    const keys = await openKeyRing(database.db, await keySource(configuration))
    undo.push(() => keys.leave())

    const { role, concurrency, drainMs } = configuration
    const server = await startHttpServer(configuration)
    undo.push(() => server.drain(0))
    const publicUrl = configuration.publicUrl ?? server.url
    const { allowedPrivateHosts, askForMs, mail, traces } = configuration
    const sendMail = mail && makeMailer(mail)
    const tracer = traces && (await tracerOf(traces, log, undo))
    const wiring = { database, log, keys, publicUrl, allowedPrivateHosts, askForMs, sendMail, tracer }
    const wired = await wire({ ...wiring, ...overrides })
    undo.push(() => wired.close())
    await tellOfMovedAddress(wired.ctx)
    const listening = await startListening(wired.ctx, database.pool)
    undo.push(() => listening.stop())
    const app = role === 'worker' ? healthApp(wired) : httpApp(wired, configuration.trustedProxies)
    // why: a process that is busy with everything its own pool can take is not dead.
    const heartbeat = openDatabase({ connectionString, maxConnections: 1, log, name: await nameAtDatabase() })
    undo.push(() => heartbeat.close())
    const queue = { pool: database.pool, heartbeat: heartbeat.db, concurrency, drainMs, lines: wired.lines }
    const background = role === 'web' ? startWebLoops(wired.ctx, drainMs) : await startBackground(wired.ctx, queue)
    // why: at once, since a request may wait for a job that runs here, and a job for nothing that comes by HTTP.
    undo.push(() => Promise.all([server.drain(drainMs), background.stop()]))
    server.serve(app)
    return { url: publicUrl, ownerLink: await findOwnerLink(wired.ctx), ctx: wired.ctx, app, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Loaded only here: who sends no traces need not wait for it. */
async function tracerOf(settings: TraceSettings, log: Log, undo: (() => unknown)[]): Promise<Tracer> {
  const { startTraces } = await import('./traces.ts')
  const traces = startTraces(settings, log)
  undo.push(() => traces.stop())
  return traces.tracer
}

/** Another PUBLIC_URL than before: nobody can connect until its redirect URIs are registered. */
async function tellOfMovedAddress(ctx: Wired['ctx']): Promise<void> {
  const connections = await countMovedRedirectUris(ctx)
  if (connections > 0)
    ctx.log.warn(
      { connections, publicUrl: ctx.publicUrl.origin },
      'PUBLIC_URL changed: register the new redirect URIs of these connections at their applications; each page has its own',
    )
}

async function databaseUrl(
  { databaseUrl, dataDir }: Configuration,
  log: Log,
  base: string | undefined,
  undo: (() => unknown)[],
): Promise<string> {
  if (databaseUrl) return databaseUrl
  const postgres = await startEmbeddedPostgres({ dataDir, log, ...(base !== undefined && { base }) })
  undo.push(() => postgres.stop())
  return postgres.connectionString
}
