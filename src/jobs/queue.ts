import { Logger, runMigrations, type TaskList } from 'graphile-worker'
import type { Pool } from 'pg'
import type { JobId } from '#core/ids.ts'
import type { Log } from '#core/log.ts'
import type { Rest } from './continue-jobs.ts'
import { CONTINUE_JOBS, HANDLE_EVENT, RUN_BACKGROUND_JOB, RUN_JOB } from './queue-names.ts'
import { keepPool, type PoolOptions, type WorkerPool } from './worker-pool.ts'

/** Makes or brings up to date the queue's own tables. */
export async function migrateQueue(pool: Pool, log: Log): Promise<void> {
  await runMigrations({ pgPool: pool, logger: queueLogger(log) })
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
 * an urgent job; webhooks' jobs are fetched many at once; and what people say in chats is heard however busy the others are.
 */
export async function startQueue(options: QueueOptions): Promise<WorkerPool> {
  const { pool, log, concurrency, backgroundConcurrency } = options
  const keep = (names: string[], more: Pick<PoolOptions, 'concurrency' | 'prefetch'>) =>
    keepPool({ pool, log, logger: queueLogger(log), taskList: tasksNamed(options, names), ...more })
  const pools = await Promise.all([
    keep([RUN_JOB, CONTINUE_JOBS], { concurrency }),
    keep([RUN_BACKGROUND_JOB], { concurrency: backgroundConcurrency, prefetch: 50 }),
    keep([HANDLE_EVENT], { concurrency: EVENTS_AT_ONCE }),
  ])
  return {
    held: () => new Map(pools.flatMap((each) => [...each.held()])),
    stop: async () => void (await Promise.all(pools.map((each) => each.stop()))),
  }
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

function queueLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    // why: the queue tells of every job it takes and ends; only what went wrong is worth a line.
    if (level === 'error' || level === 'warning') log.warn({ queue: true }, message)
  })
}
