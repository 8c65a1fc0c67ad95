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

const EVENTS_AT_ONCE = 5

/**
 * Starts the pools. Jobs somebody waits for have one of their own without prefetching, since a prefetched batch would be run before
 * an urgent job; webhooks' jobs are fetched many at once; and what people say in chats is heard however busy the others are. A pool that
 * ends by itself is started anew.
 */
export async function startQueue(options: QueueOptions): Promise<WorkerPool> {
  const pools = await Promise.all([
    keepRunning(options, [RUN_JOB, CONTINUE_JOBS], options.concurrency, {}),
    keepRunning(options, [RUN_BACKGROUND_JOB], options.backgroundConcurrency, { localQueue: { size: 50 } }),
    keepRunning(options, [HANDLE_EVENT], EVENTS_AT_ONCE, {}),
  ])
  return {
    ids: () => new Set(pools.flatMap((pool) => [...pool.ids()])),
    stop: async () => void (await Promise.all(pools.map((pool) => pool.stop()))),
  }
}

async function keepRunning(
  options: QueueOptions,
  names: string[],
  concurrency: number,
  preset: NonNullable<GraphileConfig.Preset['worker']>,
): Promise<WorkerPool> {
  const ids = new Set<string>()
  let stopping = false
  let runner: Runner

  const start = async (): Promise<void> => {
    runner = await startRunner(options, names, concurrency, preset, ids)
    // why: a failed batch of completions ends a pool, and its promise *resolves*; the rows it held are unlocked by the sweep.
    const restart = (): void => {
      ids.clear()
      if (stopping) return
      options.log.warn({ tasks: names }, 'a pool of workers ended by itself and is started again')
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
  options: QueueOptions,
  names: string[],
  concurrency: number,
  preset: NonNullable<GraphileConfig.Preset['worker']>,
  ids: Set<string>,
): Promise<Runner> {
  const taskList = tasksNamed(options, names)
  const events = new EventEmitter() as GraphileWorkerEvents
  events.on('pool:create', ({ workerPool }) => ids.add(workerPool.id))
  return run({
    pgPool: options.pool,
    taskList,
    events,
    logger: queueLogger(options.log),
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

function tasksNamed({ log, runJob, continueMore, handleEvent }: QueueOptions, names: string[]): TaskList {
  // why: an error thrown here would be stored in the queue in clear; the log, or the job's own row, says what went wrong.
  const again = (what: string) => (err: unknown) => {
    log.error({ err }, `${what}; it is tried again`)
    throw new Error('failed')
  }
  const tasks: TaskList = {
    [RUN_JOB]: (payload) => runJob((payload as { id: JobId }).id),
    [RUN_BACKGROUND_JOB]: (payload) => runJob((payload as { id: JobId }).id),
    [CONTINUE_JOBS]: (payload) =>
      continueMore(payload as Rest).catch(again('jobs that were freed could not be moved on')),
    [HANDLE_EVENT]: (payload) =>
      handleEvent((payload as { id: string }).id).catch(again('what came in could not be handled')),
  }
  return Object.fromEntries(names.map((name) => [name, tasks[name]]))
}

type GraphileWorkerEvents = NonNullable<Parameters<typeof run>[0]['events']>

function queueLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    // why: the queue tells of every job it takes and ends; only what went wrong is worth a line.
    if (level === 'error' || level === 'warning') log.warn({ queue: true }, message)
  })
}
