import { EventEmitter } from 'node:events'
import { type Logger, run, type TaskList } from 'graphile-worker'
import type { Pool } from 'pg'
import type { Log } from '#core/log.ts'
import { within } from '#core/within.ts'

/** Workers on the queue. */
export interface WorkerPool {
  /** By the random ids under which they lock rows of the queue: the ids of the rows they work at, or have fetched. */
  held(): ReadonlyMap<string, ReadonlySet<string>>
  /** Takes no more, and resolves when what was taken has ended. */
  stop(): Promise<void>
}

export interface PoolOptions {
  pool: Pool
  log: Log
  logger: Logger
  taskList: TaskList
  concurrency: number
  /** Above zero, so many rows are fetched at once, and wait in this process. */
  prefetch?: number
}

/** Between the end of a pool and the start of the next; and what its last completions may take. */
const PAUSE_MS = 1000

/**
 * Keeps a pool running. One that ends by itself, as it does when what it completed could not be written down, is followed by another at once,
 * while it ends what it runs; then what it had locked is unlocked.
 */
export async function keepPool(options: PoolOptions): Promise<WorkerPool> {
  const pools = new Set<RunningPool>()
  let stopping = false

  const start = async (): Promise<void> => {
    if (stopping) return
    const started = await startPool(options)
    pools.add(started)
    void started.ending.then(startAgain)
    void started.ended.then(async () => {
      pools.delete(started)
      if (!stopping) await unlock(options, started.held)
    })
  }
  const startAgain = (): void => {
    if (stopping) return
    options.log.warn({ tasks: Object.keys(options.taskList) }, 'a pool of workers ended by itself and is started again')
    setTimeout(() => void start().catch(startAgain), PAUSE_MS).unref()
  }

  await start()
  return {
    held: () => new Map([...pools].flatMap(({ held }) => [...held])),
    async stop() {
      stopping = true
      await Promise.all([...pools].map((pool) => pool.stop()))
    },
  }
}

interface RunningPool {
  held: Map<string, Set<string>>
  /** It takes no more. */
  ending: Promise<void>
  /** None of its workers does anything any more. */
  ended: Promise<void>
  stop(): Promise<void>
}

async function startPool({ pool, logger, taskList, concurrency, prefetch }: PoolOptions): Promise<RunningPool> {
  const held = new Map<string, Set<string>>()
  const rows = new Set<string>()
  const ending = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let working = concurrency
  const events = new EventEmitter() as GraphileWorkerEvents
  events.on('pool:create', ({ workerPool }) => held.set(workerPool.id, rows))
  events.on('localQueue:getJobs:complete', ({ jobs }) => {
    for (const { id } of jobs) rows.add(id)
  })
  events.on('localQueue:returnJobs', ({ jobs }) => {
    for (const { id } of jobs) rows.delete(id)
  })
  events.on('job:start', ({ job }) => rows.add(job.id))
  events.on('job:complete', ({ job }) => rows.delete(job.id))
  events.on('pool:gracefulShutdown', () => ending.resolve())
  events.on('worker:stop', () => {
    working--
    if (working === 0) ended.resolve()
  })
  const runner = await run({
    pgPool: pool,
    taskList,
    events,
    logger,
    noHandleSignals: true,
    preset: {
      worker: {
        ...(prefetch && { localQueue: { size: prefetch } }),
        concurrentJobs: concurrency,
        pollInterval: 1000,
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  })
  return {
    held,
    ending: ending.promise,
    ended: ended.promise,
    async stop() {
      const stopped = runner.stop().catch(() => {})
      await ended.promise
      // why: where completions failed before, graphile-worker 0.18 waits for ever for its last ones.
      await within(PAUSE_MS, stopped)
    },
  }
}

type GraphileWorkerEvents = NonNullable<Parameters<typeof run>[0]['events']>

/** Where it cannot be done now, the sweep does it later. */
async function unlock({ pool, log }: PoolOptions, held: RunningPool['held']): Promise<void> {
  await pool
    .query('select graphile_worker.force_unlock_workers($1)', [[...held.keys()]])
    .catch((err: unknown) => log.warn({ err }, 'what a pool of workers had locked is left to the sweep'))
}
