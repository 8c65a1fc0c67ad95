/** The queue's task for jobs somebody waits for: its own pool, without prefetching. */
export const RUN_JOB = 'run_job'

/** The queue's task for webhooks' jobs: a pool that fetches many at once. */
export const RUN_BACKGROUND_JOB = 'run_background_job'
