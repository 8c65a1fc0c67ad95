import { whatOpens } from '#connections/sealing/what-opens.ts'
import type { JobId } from '#core/ids.ts'
import { findQuestion, type OpenQuestion } from '#jobs/answer-question.ts'
import { type JobData, type JobFilter, type JobSummary, listJobs, type SealedJob } from '#jobs/read-job.ts'
import { type Actor, hasPrivilege, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import type { CommandsContext } from '../context.ts'
import { actAsKnown } from '../external/act-as.ts'
import { requirePerson } from '../identify.ts'
import { isStarter, loadVisibleJob } from './whose-job.ts'

export type { JobSummary }

/** Jobs of the whole workspace, for whoever may view job history: that they ran, never their data. */
export function viewJobs(ctx: CommandsContext, actor: Actor, filter: JobFilter): Promise<JobSummary[]> {
  requirePrivilege(actor, 'job_history.view')
  return listJobs(ctx, workspaceOf(actor), filter)
}

/** One's own jobs: that ran as oneself, or with a connection one delegated. */
export function viewMyJobs(ctx: CommandsContext, actor: Actor, filter: JobFilter): Promise<JobSummary[]> {
  const { person } = requirePerson(actor)
  return listJobs(ctx, person.workspaceId, { ...filter, ownerId: person.id })
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
export interface ViewedJob extends Pick<SealedJob, 'summary' | 'masked' | 'shapes' | 'steps' | 'waits'> {
  /** Null when it is not for the viewer, or does not open any more: then shapes and codes are all there is. */
  data: JobData | null
  /** What stands in the place of data then: `[private to Alice Ng]`. */
  privateLabel: string
  /** What it asks its person, for them alone. */
  question: OpenQuestion | null
}

/**
 * One job. Its person sees everything, and so does a key of their product that acts as them; so does whoever started it by API key, or a schedule by hand. Others
 * with Job history see that it ran, and with Job data its data too unless it is private: then only while its person shares it, and that they
 * looked is put on record.
 */
export async function viewJob(ctx: CommandsContext, actor: Actor, id: JobId): Promise<ViewedJob> {
  const job = await loadVisibleJob(ctx, actor, id)
  const { summary, masked, shapes, steps, waits } = job
  const isOwn = isStarter(actor, job)
  const mayRead = isOwn || mayReadOfOthers(actor, summary)
  if (mayRead && !isOwn && summary.private) await recordViewing(ctx, actor, summary)
  const tell = (err: Error) => ctx.log.error({ err, job: id }, 'the data of a job does not open')
  const data = mayRead ? await whatOpens(() => job.open(), tell) : null
  const privateLabel = mayRead ? UNREADABLE : labelOf(summary)
  const asks = summary.status === 'waiting_for_answer' && isOwn
  const question = asks ? await findQuestion(ctx, ctx.db, id) : null
  return { summary, masked, shapes, steps, waits, data: data ?? null, privateLabel, question }
}

const mayReadOfOthers = (actor: Actor, summary: JobSummary): boolean =>
  (!summary.private || summary.sharedUntil !== null) && hasPrivilege(actor, 'job_data.view')

const RECORDED_EVERY_MS = 60 * 60 * 1000

/** Once an hour for each viewer: a page that is open reads its job again and again. */
async function recordViewing(ctx: CommandsContext, actor: Actor, { id, recipeName }: JobSummary): Promise<void> {
  const viewer = actor.kind === 'person' ? actor.person.id : actor.kind === 'api_key' ? actor.id : actor.kind
  const limit = { key: `job-viewed:${id}:${viewer}`, limit: 1, windowMs: RECORDED_EVERY_MS }
  if (!(await takeFromLimit(ctx.db, limit, ctx.clock())).allowed) return
  await recordAudit(ctx.db, actor, { action: 'job.data_viewed', targetId: id, details: { recipe: recipeName } })
}

/** In the place of data that does not open any more, its key lost. */
const UNREADABLE = '[cannot be opened any more]'

const labelOf = ({ private: isPrivate, person, delegator }: JobSummary): string =>
  isPrivate ? `[private to ${(person ?? delegator)?.name ?? 'its person'}]` : '[needs View job data]'
