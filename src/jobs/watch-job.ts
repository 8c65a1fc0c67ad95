import type { JobId } from '#core/ids.ts'
import type { JobsContext } from './context.ts'

const REREAD_MS = 2000
const SETTLED = ['succeeded', 'failed', 'cancelled', 'expired', 'waiting_for_connection', 'waiting_for_answer'] as const

/**
 * Resolves when the job ended or waits for its person, or when the time is over: true when it did. Woken at once by this process or a
 * notification from another; re-read every two seconds behind that, should one be lost.
 */
export async function watchJob(ctx: JobsContext, jobId: JobId, forMs: number): Promise<boolean> {
  const until = Date.now() + forMs
  for (;;) {
    const woken = nextWake(ctx, jobId, Math.min(REREAD_MS, Math.max(0, until - Date.now())))
    if (await isSettled(ctx, jobId)) {
      woken.cancel()
      return true
    }
    if (Date.now() >= until) {
      woken.cancel()
      return false
    }
    await woken.promise
  }
}

/** Wakes everybody in this process who waits for this job. */
export function wakeWatchers(ctx: Pick<JobsContext, 'watchers'>, jobId: JobId): void {
  const watchers = ctx.watchers.get(jobId)
  ctx.watchers.delete(jobId)
  for (const wake of watchers ?? []) wake()
}

async function isSettled(ctx: JobsContext, jobId: JobId): Promise<boolean> {
  const job = await ctx.db.selectFrom('jobs').select('status').where('id', '=', jobId).executeTakeFirst()
  return job === undefined || (SETTLED as readonly string[]).includes(job.status)
}

function nextWake(ctx: JobsContext, jobId: JobId, withinMs: number): { promise: Promise<void>; cancel(): void } {
  let cancel = () => {}
  const promise = new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      ctx.watchers.get(jobId)?.delete(done)
      resolve()
    }
    const timer = setTimeout(done, withinMs)
    const watchers = ctx.watchers.get(jobId) ?? new Set()
    ctx.watchers.set(jobId, watchers.add(done))
    cancel = done
  })
  return { promise, cancel }
}
