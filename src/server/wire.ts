import { randomUUID } from 'node:crypto'
import type { CommandsContext } from '#commands/context.ts'
import { makeDataKeys } from '#connections/sealing/data-keys.ts'
import type { KeyRing } from '#connections/sealing/key-ring.ts'
import type { ConnectorRegistry } from '#connectors/connector.ts'
import type { Clock } from '#core/clock.ts'
import type { PersonId } from '#core/ids.ts'
import type { Log } from '#core/log.ts'
import type { Tracer } from '#core/trace.ts'
import type { Database } from '#database/database.ts'
import type { Checkpoint, SendMail } from '#jobs/context.ts'
import { continueJobs, declineJob } from '#jobs/continue-jobs.ts'
import { sendFreshMessage } from '#jobs/send-fresh-message.ts'
import { tellPerson } from '#jobs/tell-person.ts'
import { makeExpressionPool } from '#recipes/expressions/expression-pool.ts'
import type { Surface, SurfaceModule } from '#surfaces/surface.ts'
import { makeEgress } from './egress.ts'
import { findConnectors, findSurfaces } from './find-modules.ts'

export interface Wiring {
  database: Database
  log: Log
  keys: KeyRing
  publicUrl: URL
  allowedPrivateHosts: string[]
  askForMs: number
  /** Null or left out: no e-mails are sent. */
  sendMail?: SendMail | null
  /** Null or left out: no traces are made. */
  tracer?: Tracer | null
  /** Arguments of tests. */
  connectors?: ConnectorRegistry
  /** Beside those that there are. */
  surfaces?: SurfaceModule<CommandsContext>[]
  clock?: Clock
  checkpoint?: (label: Checkpoint) => void
  retryDelaysMs?: readonly number[]
  tokenTimeoutMs?: number
}

/** Puts the rooms together: the one place where every dependency is chosen. */
export async function wire(wiring: Wiring) {
  const { database, log, keys, publicUrl, allowedPrivateHosts, askForMs } = wiring
  const egress = makeEgress({ allowedPrivateHosts })
  const modules = [...(await findSurfaces()), ...(wiring.surfaces ?? [])]
  const surfaces = new Map<string, Surface>()
  const ctx: CommandsContext = {
    db: database.db,
    log,
    keys,
    publicUrl,
    askForMs,
    sendMail: wiring.sendMail ?? null,
    tracer: wiring.tracer ?? null,
    egress,
    socketDispatcher: egress.dispatcher,
    surfaces,
    clock: wiring.clock ?? (() => new Date()),
    checkpoint: wiring.checkpoint ?? (() => {}),
    retryDelaysMs: wiring.retryDelaysMs ?? [500, 3000],
    tokenTimeoutMs: wiring.tokenTimeoutMs ?? 20_000,
    connectors: wiring.connectors ?? (await findConnectors()),
    dataKeys: makeDataKeys(database.db, keys),
    processId: randomUUID(),
    openGrants: new Map(),
    refreshes: new Map(),
    running: new Map(),
    beginHere: { most: 0, runs: new Set(), waiting: new Set() },
    watchers: new Map(),
    programs: new Map(),
    known: new Set(),
    claims: { closed: false, underWay: new Set() },
    givingBack: { jobs: 'none' },
    expressions: makeExpressionPool(),
    chatting: { until: 0 },
    chatListeners: new Map<PersonId, Set<() => void>>(),
    continueJobs: (tx, freed) => continueJobs(ctx, tx, freed),
    declineJob: (tx, jobId) => declineJob(ctx, tx, jobId),
    sendFreshMessage: (jobId) => sendFreshMessage(ctx, jobId),
    tellPerson: (tx, told) => tellPerson(ctx, tx, told),
  }
  for (const module of modules) {
    const surface = module.make(() => ctx)
    surfaces.set(surface.name, surface)
  }
  return {
    ctx,
    surfaceRoutes: modules.flatMap((module) => module.routes(ctx)),
    lines: modules.map((module) => module.keepLines(ctx)).filter((lines) => lines !== null),
    close() {
      ctx.expressions.close()
      return egress.close()
    },
  }
}

export type Wired = Awaited<ReturnType<typeof wire>>
