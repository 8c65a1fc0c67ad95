import type { JobId } from '#core/ids.ts'
import type { JobsContext } from './context.ts'
import { type JobAnswer, readJobAnswer } from './read-job-answer.ts'

const REREAD_MS = 2000
const SETTLED = ['succeeded', 'failed', 'cancelled', 'expired', 'waiting_for_connection', 'waiting_for_answer'] as const

/** A look-out for one job: what happens to it from now on is not missed. Whoever opens one closes it. */
export interface Watch {
  /** Resolves at the next wake-up, one that came before included, or when the time is over; with the job's end when it ended here. */
  woken(withinMs: number): Promise<JobAnswer | null>
  close(): void
}

/** Opened before its job is recorded, it saves looking whether the job has ended already. */
export function openWatch(ctx: Pick<JobsContext, 'watchers'>, jobId: JobId): Watch {
  let ended: JobAnswer | null = null
  let isWoken = false
  let resume = (): void => {}
  const wake = (end: JobAnswer | null): void => {
    ended ??= end
    isWoken = true
    resume()
  }
  const watchers = ctx.watchers.get(jobId) ?? new Set()
  ctx.watchers.set(jobId, watchers.add(wake))
  return {
    async woken(withinMs) {
      if (!isWoken)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs)
          resume = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      isWoken = false
      return ended
    },
    close() {
      watchers.delete(wake)
      if (watchers.size === 0 && ctx.watchers.get(jobId) === watchers) ctx.watchers.delete(jobId)
    },
  }
}

/** Wakes everybody in this process who waits for this job; `end` when it is known here how it ended. */
export function wakeWatchers(ctx: Pick<JobsContext, 'watchers'>, jobId: JobId, end: JobAnswer | null = null): void {
  for (const wake of [...(ctx.watchers.get(jobId) ?? [])]) wake(end)
}

/**
 * Resolves when the job ended or waits for its person, or when the time is over or this process about to end: true when it did. Woken at once by this process or a
 * notification from another; re-read every two seconds behind that, should one be lost.
 */
export async function watchJob(ctx: JobsContext, jobId: JobId, forMs: number): Promise<boolean> {
  const watch = openWatch(ctx, jobId)
  try {
    return (await readSettled(ctx, jobId)) !== null || (await awaitAnswer(ctx, watch, jobId, forMs)) !== null
  } finally {
    watch.close()
  }
}

/** How the job ended, or that it waits for its person; null when the time is over first, or the time of this process. `watch` was opened before the job could end. */
export async function awaitAnswer(
  ctx: JobsContext,
  watch: Watch,
  jobId: JobId,
  forMs: number,
): Promise<JobAnswer | null> {
  const until = Date.now() + forMs
  for (;;) {
    const answer =
      (await watch.woken(Math.min(REREAD_MS, Math.max(0, until - Date.now())))) ?? (await readSettled(ctx, jobId))
    // why: it is said in time that the job goes on, or its caller would be cut off.
    if (answer || Date.now() >= until || ctx.givingBack.jobs === 'all') return answer
  }
}

async function readSettled(ctx: JobsContext, jobId: JobId): Promise<JobAnswer | null> {
  const answer = await readJobAnswer(ctx, jobId)
  return (SETTLED as readonly string[]).includes(answer.status) ? answer : null
}
