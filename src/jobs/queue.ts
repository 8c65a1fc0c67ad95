import { EventEmitter } from 'node:events'
import { Logger, type Runner, run, runMigrations, type TaskList } from 'graphile-worker'
import type { Pool } from 'pg'
import type { JobId } from '#core/ids.ts'
import type { Log } from '#core/log.ts'
import type { Rest } from './continue-jobs.ts'
import { CONTINUE_JOBS, HANDLE_EVENT, RUN_BACKGROUND_JOB, RUN_JOB } from './queue-names.ts'

/** Makes or brings up to date the queue's own tables. */
export async function migrateQueue(pool: Pool, log: Log): Promise<void> {
  await runMigrations({ pgPool: pool, logger: queueLogger(log) })
}

/** A pool of workers on the queue, with the random id under which it locks rows. */
export interface WorkerPool {
  /** Empty until the pool exists. */
  ids(): ReadonlySet<string>
  stop(): Promise<void>
}

export interface QueueOptions {
  pool: Pool
  log: Log
  /** Called for each bell; must not throw: what went wrong belongs on the job. */
  runJob(id: JobId): Promise<void>
  /** Called for the rest of many jobs that were freed; when it throws it is called again later. */
  continueMore(rest: Rest): Promise<void>
  /** Called for what came in for a surface; when it throws it is called again later, a few times. */
  handleEvent(id: string): Promise<void>
  /** Interactive jobs at once. */
  concurrency: number
  /** Webhook jobs at once. */
  backgroundConcurrency: number
}

/**
 * Starts both pools. Jobs somebody waits for have one of their own without prefetching, since a prefetched batch would be run before
 * an urgent job; webhooks' jobs are fetched many at once. A pool that ends by itself is started anew.
 */
export async function startQueue(options: QueueOptions): Promise<WorkerPool> {
  const pools = await Promise.all([
    keepRunning(options, RUN_JOB, options.concurrency, {}),
    keepRunning(options, RUN_BACKGROUND_JOB, options.backgroundConcurrency, { localQueue: { size: 50 } }),
  ])
  return {
    ids: () => new Set(pools.flatMap((pool) => [...pool.ids()])),
    stop: async () => void (await Promise.all(pools.map((pool) => pool.stop()))),
  }
}

async function keepRunning(
  options: QueueOptions,
  task: string,
  concurrency: number,
  preset: NonNullable<GraphileConfig.Preset['worker']>,
): Promise<WorkerPool> {
  const ids = new Set<string>()
  let stopping = false
  let runner: Runner

  const start = async (): Promise<void> => {
    runner = await startRunner(options, task, concurrency, preset, ids)
    // why: a failed batch of completions ends a pool, and its promise *resolves*; the rows it held are unlocked by the sweep.
    const restart = (): void => {
      ids.clear()
      if (stopping) return
      options.log.warn({ task }, 'a pool of workers ended by itself and is started again')
      setTimeout(() => void start().catch(() => restart()), 1000).unref()
    }
    runner.promise.then(restart, restart)
  }

  await start()
  return {
    ids: () => ids,
    async stop() {
      stopping = true
      await runner.stop()
    },
  }
}

function startRunner(
  { pool, log, runJob, continueMore, handleEvent }: QueueOptions,
  task: string,
  concurrency: number,
  preset: NonNullable<GraphileConfig.Preset['worker']>,
  ids: Set<string>,
): Promise<Runner> {
  const taskList: TaskList = {
    // why: an error thrown here would be stored in the queue in clear; the job's own row says what went wrong.
    [task]: (payload) => runJob((payload as { id: JobId }).id),
    ...(task === RUN_JOB && {
      [CONTINUE_JOBS]: (payload) =>
        continueMore(payload as Rest).catch((err) => {
          log.error({ err }, 'jobs that were freed could not be moved on; it is tried again')
          throw new Error('continuing_failed')
        }),
      [HANDLE_EVENT]: (payload) => {
        const { id } = payload as { id: string }
        return handleEvent(id).catch((err) => {
          log.error({ err, event: id }, 'what came in could not be handled; it is tried again')
          throw new Error('handling_failed')
        })
      },
    }),
  }
  const events = new EventEmitter() as GraphileWorkerEvents
  events.on('pool:create', ({ workerPool }) => ids.add(workerPool.id))
  return run({
    pgPool: pool,
    taskList,
    events,
    logger: queueLogger(log),
    noHandleSignals: true,
    preset: {
      worker: {
        ...preset,
        concurrentJobs: concurrency,
        pollInterval: 1000,
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  })
}

type GraphileWorkerEvents = NonNullable<Parameters<typeof run>[0]['events']>

function queueLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    // why: the queue tells of every job it takes and ends; only what went wrong is worth a line.
    if (level === 'error' || level === 'warning') log.warn({ queue: true }, message)
  })
}
