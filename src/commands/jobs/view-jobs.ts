import { whatOpens } from '#connections/sealing/what-opens.ts'
import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { findQuestion, type OpenQuestion } from '#jobs/answer-question.ts'
import { findJob, type JobData, type JobFilter, type JobSummary, listJobs, type SealedJob } from '#jobs/read-job.ts'
import { type Actor, hasPrivilege, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { actAsKnown } from '../external/act-as.ts'
import { requirePerson } from '../identify.ts'

export type { JobSummary }

/** Jobs of the whole workspace, for whoever may view job history: that they ran, never their data. */
export function viewJobs(ctx: CommandsContext, actor: Actor, filter: JobFilter): Promise<JobSummary[]> {
  requirePrivilege(actor, 'job_history.view')
  return listJobs(ctx, workspaceOf(actor), filter)
}

/** One's own jobs. */
export function viewMyJobs(ctx: CommandsContext, actor: Actor, filter: JobFilter): Promise<JobSummary[]> {
  const { person } = requirePerson(actor)
  return listJobs(ctx, person.workspaceId, { ...filter, personId: person.id })
}

/** The jobs of one person of a product, by a key of its namespace. */
export async function viewJobsOf(
  ctx: CommandsContext,
  actor: Actor,
  externalId: string,
  filter: JobFilter,
): Promise<JobSummary[]> {
  const owner = await actAsKnown(ctx, actor, externalId)
  return owner ? viewMyJobs(ctx, owner, filter) : []
}

/** A job, with its data only for whoever may read it. */
export interface ViewedJob extends Pick<SealedJob, 'summary' | 'shapes' | 'steps' | 'waits'> {
  /** Null when it is not for the viewer, or does not open any more: then shapes and codes are all there is. */
  data: JobData | null
  /** What stands in the place of data then: `[private to Alice Ng]`. */
  privateLabel: string
  /** What it asks its person, for them alone. */
  question: OpenQuestion | null
}

/**
 * One job. Its person sees everything, and so does a key of their product that acts as them; so does whoever started it by API key, or a schedule by hand. Others
 * with Job history see that it ran, and with Job data its data too unless it is private: then nobody but its person ever does.
 */
export async function viewJob(ctx: CommandsContext, actor: Actor, id: JobId): Promise<ViewedJob> {
  const job = await findJob(ctx, workspaceOf(actor), id)
  if (!job || !(isOwn(actor, job) || hasPrivilege(actor, 'job_history.view')))
    throw new UserError('job_not_found', 'There is no such job, or it is not yours to see.', { status: 404 })
  const { summary, shapes, steps, waits } = job
  const mayRead = mayReadData(actor, job)
  const tell = (err: Error) => ctx.log.error({ err, job: id }, 'the data of a job does not open')
  const data = mayRead ? await whatOpens(() => job.open(), tell) : null
  const privateLabel = mayRead ? UNREADABLE : labelOf(summary)
  const asks = summary.status === 'waiting_for_answer' && isOwn(actor, job)
  const question = asks ? await findQuestion(ctx, ctx.db, id) : null
  return { summary, shapes, steps, waits, data: data ?? null, privateLabel, question }
}

/** In the place of data that does not open any more, its key lost. */
const UNREADABLE = '[cannot be opened any more]'

const labelOf = ({ private: isPrivate, person, delegator }: JobSummary): string =>
  isPrivate ? `[private to ${(person ?? delegator)?.name ?? 'its person'}]` : '[needs View job data]'

function isOwn(actor: Actor, { summary, deliverySource }: SealedJob): boolean {
  const owner = summary.person ?? summary.delegator
  // why: whoever started it may not read what was read with a connection that is somebody's own.
  if (owner) return actor.kind === 'person' && owner.id === actor.person.id
  if (actor.kind === 'person') return deliverySource === `schedule/${actor.person.id}`
  return actor.kind === 'api_key' && deliverySource === actor.id
}

function mayReadData(actor: Actor, job: SealedJob): boolean {
  if (isOwn(actor, job)) return true
  return !job.summary.private && hasPrivilege(actor, 'job_data.view')
}
