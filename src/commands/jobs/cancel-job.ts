import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { deliverOutbox } from '#jobs/deliver-outbox.ts'
import { endJob } from '#jobs/end-job.ts'
import { findJob } from '#jobs/read-job.ts'
import { type Actor, hasPrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'
import { isOwner } from './whose-job.ts'

/**
 * Ends an unfinished job at once: its person, who delegated the connection it uses, or whoever may start and stop recipes. Nothing more is sent
 * for it on any machine. Throws `job_not_found` (404), and `job_ended` (409).
 */
export async function cancelJob(ctx: CommandsContext, actor: Actor, id: JobId): Promise<void> {
  const job = await findJob(ctx, workspaceOf(actor), id)
  const own = job !== undefined && isOwner(actor, job)
  if (!job || !(own || (hasPrivilege(actor, 'job_history.view') && hasPrivilege(actor, 'recipes.start_stop'))))
    throw new UserError('job_not_found', 'There is no such job, or it is not yours to cancel.', { status: 404 })
  const message = own ? 'You cancelled it.' : 'It was cancelled by an administrator.'
  const cancelled = await ctx.db.transaction().execute(async (tx) => {
    const ended = await endJob(ctx, tx, id, { status: 'cancelled', code: 'cancelled', message })
    const details = { recipe: job.summary.recipeName }
    if (ended) await recordAudit(tx, actor, { action: 'job.cancelled', targetId: id, details })
    return ended
  })
  if (!cancelled) throw new UserError('job_ended', 'This job has already ended.', { status: 409 })
  await deliverOutbox(ctx)
}
