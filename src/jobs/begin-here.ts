import type { JobId } from '#core/ids.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { runClaimedJob, runJob } from './run-job.ts'

/** Room in this process for one job that is about to be recorded. */
export interface PlaceHere {
  /** Starts running the job, which is on record as claimed by this process, and returns at once. */
  begin(job: ClaimedJob): void
  /** For whoever could not record it. */
  giveBackUnlessBegun(): void
}

/** Short beside what an application takes to answer, long beside what we need for a job. */
const WAIT_FOR_PLACE_MS = 250

/**
 * Room to run a new job in this process, without the way through the queue, when its turn comes soon; otherwise undefined. The place
 * is taken before the job is on record, so that a job recorded as ours is never one that we do not know of.
 */
export async function takePlaceHere(ctx: JobsContext, jobId: JobId): Promise<PlaceHere | undefined> {
  const { waiting } = ctx.beginHere
  // why: whoever came before waits already, and is not to be overtaken.
  if (waiting.size > 0 || !hasRoom(ctx)) await turnOf(ctx)
  if (!hasRoom(ctx)) return undefined
  ctx.running.set(jobId, { rungAgain: false })
  const { promise: recorded, resolve: noteRecorded } = Promise.withResolvers<void>()
  ctx.claims.underWay.add(recorded)
  let hasBegun = false
  return {
    begin(job) {
      hasBegun = true
      noteRun(ctx, jobId, runClaimedJob(ctx, job))
    },
    giveBackUnlessBegun() {
      ctx.claims.underWay.delete(recorded)
      noteRecorded()
      if (hasBegun) return
      const wasRung = ctx.running.get(jobId)?.rungAgain
      ctx.running.delete(jobId)
      // why: another machine let it in meanwhile, and the bell for it came here.
      if (wasRung) noteRun(ctx, jobId, runJob(ctx, jobId))
      letNextIn(ctx)
    },
  }
}

/** So that whoever stops the process waits for it, and whoever waits for its place comes in. */
function noteRun(ctx: JobsContext, job: JobId, running: Promise<void>): void {
  const run = running
    .catch((err) => ctx.log.error({ err, job }, 'a run was cut off; it will be taken up again'))
    .finally(() => {
      ctx.beginHere.runs.delete(run)
      letNextIn(ctx)
    })
  ctx.beginHere.runs.add(run)
}

const hasRoom = ({ running, beginHere, claims }: JobsContext): boolean =>
  running.size < beginHere.most && !claims.closed

/** Resolves when a place has become free and those who came before have theirs, or when it has taken too long. */
function turnOf({ beginHere: { most, waiting } }: JobsContext): Promise<void> {
  if (most === 0) return Promise.resolve()
  return new Promise((resolve) => {
    const goOn = (): void => {
      clearTimeout(timer)
      waiting.delete(goOn)
      resolve()
    }
    const timer = setTimeout(goOn, WAIT_FOR_PLACE_MS)
    waiting.add(goOn)
  })
}

function letNextIn({ beginHere: { waiting } }: JobsContext): void {
  const [next] = waiting
  next?.()
}
