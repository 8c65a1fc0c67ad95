import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { shareJobUntil } from '#jobs/share-job.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'
import { loadOwnJob } from './whose-job.ts'

const SHARED_FOR_MS = 24 * 60 * 60 * 1000

/**
 * Lets whoever may view job data see the data of one private job of one's own, for 24 hours from now; masked steps stay masked. Answers
 * until when. Throws `job_not_found` (404) for everybody but its person, and `job_not_private` (409) where there is nothing to share.
 */
export async function shareJob(ctx: CommandsContext, actor: Actor, id: JobId): Promise<Date> {
  const { summary } = await loadOwnJob(ctx, actor, id)
  if (!summary.private)
    throw new UserError('job_not_private', 'Whoever may view job data sees this job already.', { status: 409 })
  const until = new Date(ctx.clock().getTime() + SHARED_FOR_MS)
  await ctx.db.transaction().execute(async (tx) => {
    await shareJobUntil(tx, id, until)
    const details = { recipe: summary.recipeName, until: until.toISOString() }
    await recordAudit(tx, actor, { action: 'job.shared', targetId: id, details })
  })
  return until
}

/** Ends it at once; nothing happens where it is over. Throws `job_not_found` (404) for everybody but its person. */
export async function stopSharingJob(ctx: CommandsContext, actor: Actor, id: JobId): Promise<void> {
  const { summary } = await loadOwnJob(ctx, actor, id)
  if (summary.sharedUntil === null) return
  await ctx.db.transaction().execute(async (tx) => {
    await shareJobUntil(tx, id, null)
    await recordAudit(tx, actor, { action: 'job.share_ended', targetId: id, details: { recipe: summary.recipeName } })
  })
}
