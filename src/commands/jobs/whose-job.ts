import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { findJob, type SealedJob } from '#jobs/read-job.ts'
import { type Actor, hasPrivilege, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'

/** Whose a job and its data are: of the person it runs as, else of whose delegated connection it uses; null when it is nobody's. */
export const ownerOf = ({ summary }: SealedJob) => summary.person ?? summary.delegator

/** Whether the actor is the job's owner, or a key of their product that acts as them. */
export const isOwner = (actor: Actor, job: SealedJob): boolean =>
  actor.kind === 'person' && ownerOf(job)?.id === actor.person.id

/** A job that is the actor's to see: their own, one they started, or any with Job history. Throws `job_not_found` (404). */
export async function loadVisibleJob(ctx: CommandsContext, actor: Actor, id: JobId): Promise<SealedJob> {
  const job = await findJob(ctx, workspaceOf(actor), id)
  if (job && (isStarter(actor, job) || hasPrivilege(actor, 'job_history.view'))) return job
  throw new UserError('job_not_found', 'There is no such job, or it is not yours to see.', { status: 404 })
}

/** A job whose owner the actor is. Throws `job_not_found` (404), whatever else they may see. */
export async function loadOwnJob(ctx: CommandsContext, actor: Actor, id: JobId): Promise<SealedJob> {
  const job = await findJob(ctx, workspaceOf(actor), id)
  if (job && isOwner(actor, job)) return job
  throw new UserError('job_not_found', 'There is no such job, or it is not yours.', { status: 404 })
}

/** Whether it is the actor's own: of a job that is nobody's, whether they started it by their API key, or a schedule by hand. */
export function isStarter(actor: Actor, job: SealedJob): boolean {
  // why: whoever started it may not read what was read with a connection that is somebody's own.
  if (ownerOf(job)) return isOwner(actor, job)
  if (actor.kind === 'person') return job.deliverySource === `schedule/${actor.person.id}`
  return actor.kind === 'api_key' && job.deliverySource === actor.id
}

/** Refuses `job_not_ended` (409) for a job that still goes on or waits: run again, it would do the same twice. */
export function requireEnded({ summary }: SealedJob): void {
  if (summary.finishedAt !== null) return
  const message = 'This job has not ended yet. Wait for its end, or cancel it, before it is run again.'
  throw new UserError('job_not_ended', message, { status: 409 })
}
