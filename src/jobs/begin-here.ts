import type { JobId } from '#core/ids.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { runClaimedJob } from './run-job.ts'

/** Room in this process for one job that is about to be recorded. */
export interface PlaceHere {
  /** Starts running the job, which is on record as claimed by this process, and returns at once. */
  begin(job: ClaimedJob): void
  /** For whoever could not record it. */
  giveBackUnlessBegun(): void
}

/**
 * Room to run a new job in this process, without the way through the queue; undefined when as many run here as may. The place is taken
 * before the job is on record, so that a job recorded as ours is never one that we do not know of.
 */
export function takePlaceHere(ctx: JobsContext, jobId: JobId): PlaceHere | undefined {
  if (ctx.running.size >= ctx.beginHere.most) return undefined
  ctx.running.set(jobId, { rungAgain: false })
  let hasBegun = false
  return {
    begin(job) {
      hasBegun = true
      const run = runClaimedJob(ctx, job)
        .catch((err) => ctx.log.error({ err, job: job.id }, 'a run was cut off; it will be taken up again'))
        .finally(() => ctx.beginHere.runs.delete(run))
      ctx.beginHere.runs.add(run)
    },
    giveBackUnlessBegun() {
      if (!hasBegun) ctx.running.delete(jobId)
    },
  }
}
