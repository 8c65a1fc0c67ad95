/** The queue's task for jobs somebody waits for: its own pool, without prefetching. */
export const RUN_JOB = 'run_job'

/** The queue's task for jobs that nobody waits for: a pool that fetches many at once. */
export const RUN_BACKGROUND_JOB = 'run_background_job'

/** The task that moves on the rest of many jobs that one person's connecting freed. */
export const CONTINUE_JOBS = 'continue_jobs'

/** The task for what came in for an app of a surface. */
export const HANDLE_EVENT = 'handle_event'

/** The task for jobs that came by a way: somebody waits for those that a person or a program invoked. */
export const queueTaskOf = (surface: string): string => (BACKGROUND.has(surface) ? RUN_BACKGROUND_JOB : RUN_JOB)

/** The ways by which jobs come that nobody invokes. */
export const BACKGROUND: ReadonlySet<string> = new Set(['webhook', 'schedule'])
