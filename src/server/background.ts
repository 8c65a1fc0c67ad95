import { expireConnectRequests } from '#asking/connect-request.ts'
import { revokeLapsedHeld } from '#asking/held-grant.ts'
import { carryOnOrders } from '#commands/connections/bulk-orders.ts'
import type { CommandsContext } from '#commands/context.ts'
import { keepAlive } from '#connections/keep-alive.ts'
import { eraseUnneededClients } from '#connections/kept-clients.ts'
import { deleteOldNotices, deliverNotices } from '#connections/notices.ts'
import { attemptRevocations } from '#connections/revocations.ts'
import { advanceRotation } from '#connections/sealing/rotate.ts'
import { deleteOldTrips } from '#connections/sign-in/sign-in-trip.ts'
import { within } from '#core/within.ts'
import type { Db } from '#database/db.ts'
import { admitHeld } from '#jobs/admit-held.ts'
import { askAboutLosses } from '#jobs/ask-about-losses.ts'
import { HOLDER_DEAD_AFTER_SECONDS } from '#jobs/claim-job.ts'
import { continueMore, lapseWaits } from '#jobs/continue-jobs.ts'
import { deliverOutbox } from '#jobs/deliver-outbox.ts'
import { deleteOldEmails, deliverEmails } from '#jobs/emails.ts'
import { fireSchedules } from '#jobs/fire-schedules.ts'
import { endLiveness, giveBackJobs, releaseForgottenJobs, renewLiveness, sweep, unlockLost } from '#jobs/liveness.ts'
import { purgeJobs } from '#jobs/purge-jobs.ts'
import { type QueueOptions, startQueue } from '#jobs/queue.ts'
import { runJob } from '#jobs/run-job.ts'
import { deleteOldEvents, handleEvent } from '#jobs/surface-events.ts'
import { deleteOldLimits } from '#people/rate-limit.ts'
import { deleteExpiredSessions } from '#people/sessions.ts'
import type { Lines } from '#surfaces/surface.ts'

/** What a process does by itself that answers requests alone: it learns of changes of the sealing key. */
export function startWebLoops(ctx: CommandsContext, drainMs: number) {
  const keys = every(ctx, 2000, 'sealing keys', () => ctx.keys.sync())
  return {
    stop() {
      beginGivingBack(ctx, drainMs)
      return keys.stop()
    },
  }
}

/** As long as a silent process is still taken for alive. */
const OUTAGE_COUNTS_MS = HOLDER_DEAD_AFTER_SECONDS * 1000

/** Of the time for ending, so much is left for the step that a job is in, and for telling whoever waits that it goes on. */
const LAST_STEP_MS = 5000

/** How long what goes on by itself may take to end its turn, after the jobs. */
const LAST_TURN_MS = 3000

function beginGivingBack({ givingBack }: CommandsContext, drainMs: number): void {
  givingBack.jobs = 'unwatched'
  const everything = (): void => {
    givingBack.jobs = 'all'
  }
  setTimeout(everything, Math.max(drainMs * 0.8, drainMs - LAST_STEP_MS)).unref()
}

/** What a process does by itself: runs jobs, says that it lives, sweeps, delivers, revokes, keeps grants alive, lapses. */
export async function startBackground(
  ctx: CommandsContext,
  queue: Pick<QueueOptions, 'pool' | 'concurrency'> & { drainMs: number; heartbeat: Db; lines: Lines[] },
) {
  const heart = { ...ctx, db: queue.heartbeat }
  let outageAt = Number.NEGATIVE_INFINITY
  // why: before the first job, or the sweep of another machine would take this process for dead.
  await renewLiveness(heart, [])
  const workers = await startQueue({
    pool: queue.pool,
    log: ctx.log,
    concurrency: queue.concurrency,
    backgroundConcurrency: queue.concurrency,
    runJob: (id) =>
      runJob(ctx, id).catch((err) => ctx.log.error({ err, job: id }, 'a run was cut off; it will be taken up again')),
    continueMore: (rest) => continueMore(ctx, rest),
    handleEvent: (id) => handleEvent(ctx, id),
  })
  ctx.beginHere.most = queue.concurrency
  const loops = [
    every(ctx, 2000, 'liveness', async () => {
      await renewLiveness(heart, workers.held().keys()).catch((error) => {
        outageAt = performance.now()
        throw error
      })
      await releaseForgottenJobs(ctx)
    }),
    every(ctx, 5000, 'sweep', async () => {
      // why: where the database was away, everybody has been silent, and the living shall speak first.
      if (performance.now() - outageAt > OUTAGE_COUNTS_MS) await sweep(ctx)
      await unlockLost(ctx, workers.held())
    }),
    every(ctx, 5000, 'places', () => admitHeld(ctx)),
    every(ctx, 1000, 'schedules', () => fireSchedules(ctx)),
    every(
      ctx,
      () => (performance.now() < ctx.chatting.until ? 100 : 1000),
      'outbox',
      () => deliverOutbox(ctx),
    ),
    every(ctx, 1000, 'notices', () => deliverNotices(ctx)),
    every(ctx, 2000, 'sealing keys', async () => {
      await ctx.keys.sync()
      await advanceRotation(ctx)
    }),
    every(ctx, 5000, 'revocations', () => revokeAtApplications(ctx)),
    every(ctx, 5000, 'keep-alive', () => keepAlive(ctx)),
    every(ctx, 5000, 'losses', () => askAboutLosses(ctx)),
    every(ctx, 2000, 'lapse', async () => {
      await lapseWaits(ctx)
      await expireConnectRequests(ctx.db, ctx.clock())
      await revokeLapsedHeld(ctx)
    }),
    every(ctx, 1000, 'e-mails', () => deliverEmails(ctx)),
    ...queue.lines.map((lines) => every(ctx, 3000, 'lines', () => lines.tend())),
    every(ctx, 60_000, 'retention', () => purgeJobs(ctx)),
    every(ctx, 60 * 60 * 1000, 'housekeeping', () => keepHouse(ctx)),
  ]
  return {
    /**
     * Takes no new jobs, and says that this process is gone. Running jobs are given back at their next step; those somebody waits for here
     * only when the time is nearly over. What is in the middle of a step by then is given back as after a crash, and this process can send
     * nothing more for it.
     */
    async stop() {
      ctx.beginHere.most = 0
      await Promise.all(queue.lines.map((lines) => lines.close()))
      beginGivingBack(ctx, queue.drainMs)
      const ended = Promise.all([workers.stop(), ...ctx.beginHere.runs])
      if (!(await within(queue.drainMs, ended))) await giveBackJobs(ctx)
      // why: what they are in the middle of is taken up again elsewhere, as after a crash; a mail server that says nothing keeps nobody here.
      await within(LAST_TURN_MS, Promise.all(loops.map((loop) => loop.stop())))
      // why: the queue may have handed out a last bell, or a request begun a job, since.
      await giveBackJobs(ctx)
      await endLiveness(ctx)
    },
  }
}

async function revokeAtApplications(ctx: CommandsContext): Promise<void> {
  await carryOnOrders(ctx)
  for (let round = 0; round < 25; round++) if ((await attemptRevocations(ctx)) === 0) break
  await eraseUnneededClients(ctx)
}

async function keepHouse(ctx: CommandsContext): Promise<void> {
  const now = ctx.clock()
  const dayAgo = new Date(now.getTime() - 24 * 60 * 60 * 1000)
  await deleteExpiredSessions(ctx.db, now)
  await deleteOldLimits(ctx.db, dayAgo)
  await ctx.db.deleteFrom('connect_attempts').where('expires_at', '<', dayAgo).execute()
  await deleteOldTrips(ctx)
  await ctx.db.deleteFrom('held_answers').where('expires_at', '<', now).execute()
  await deleteOldNotices(ctx)
  await deleteOldEvents(ctx)
  await deleteOldEmails(ctx)
  await ctx.db.deleteFrom('dialogs').where('expires_at', '<', now).execute()
}

/** Does something again and again with a pause between, never twice at once; an error is logged and the next turn comes. */
function every(ctx: CommandsContext, pauseMs: number | (() => number), name: string, work: () => Promise<unknown>) {
  let stopped = false
  let timer: NodeJS.Timeout
  const turn = async (): Promise<void> => {
    await work().catch((err) => ctx.log.error({ err, loop: name }, 'a background task failed; it is tried again'))
    if (stopped) return
    timer = setTimeout(
      () => {
        current = turn()
      },
      typeof pauseMs === 'number' ? pauseMs : pauseMs(),
    )
  }
  let current = turn()
  return {
    stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      return current
    },
  }
}
