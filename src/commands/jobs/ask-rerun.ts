import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { deliverOutbox } from '#jobs/deliver-outbox.ts'
import { tellPerson } from '#jobs/tell-person.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { loadPerson } from '#people/persons.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import type { CommandsContext } from '../context.ts'
import { isOwner, loadVisibleJob, ownerOf, requireEnded } from './whose-job.ts'

const HOUR_MS = 60 * 60 * 1000
const ASKED_AN_HOUR = 30

/**
 * Asks a job's person to run it again: they are sent a notice with a link to it, and nothing of its data. For whoever has Job history; once an
 * hour for one job, thirty times an hour for one who asks. Throws `job_not_ended`, `job_has_no_person`, `person_deactivated` or `person_out_of_reach` (409)
 * where nobody can be asked, and `too_many_attempts` (429).
 */
export async function askRerun(ctx: CommandsContext, actor: Actor, id: JobId): Promise<void> {
  const job = await loadVisibleJob(ctx, actor, id)
  requirePrivilege(actor, 'job_history.view')
  requireEnded(job)
  const owner = ownerOf(job)
  if (!owner || isOwner(actor, job))
    throw new UserError('job_has_no_person', 'There is nobody else to ask: run it again yourself.', { status: 409 })
  const person = await loadPerson(ctx.db, workspaceOf(actor), owner.id)
  if (person.status !== 'active')
    throw new UserError('person_deactivated', `${person.name} was shut out, and cannot run it again.`, { status: 409 })
  await takeTurn(ctx, actor, id)
  const { recipeName } = job.summary
  await ctx.db.transaction().execute(async (tx) => {
    await recordAudit(tx, actor, { action: 'job.rerun_asked', targetId: id, details: { recipe: recipeName } })
    const links = [{ label: 'See the job', url: new URL(`/jobs/${id}`, ctx.publicUrl).href }]
    const text = `${nameOf(actor)} asks you to run “${recipeName}” again. Only you can: look at the job first.`
    if (!(await tellPerson(ctx, tx, { person, jobId: id, text, links }))) throw outOfReach(person)
  })
  await deliverOutbox(ctx)
}

async function takeTurn(ctx: CommandsContext, actor: Actor, id: JobId): Promise<void> {
  const by = actor.kind === 'person' ? actor.person.id : actor.kind === 'api_key' ? actor.id : actor.kind
  for (const [key, limit] of [[`ask-rerun-by:${by}`, ASKED_AN_HOUR] as const, [`ask-rerun:${id}`, 1] as const]) {
    const { allowed, retryAfterSeconds } = await takeFromLimit(ctx.db, { key, limit, windowMs: HOUR_MS }, ctx.clock())
    if (allowed) continue
    const message = `They have been asked already. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`
    throw new UserError('too_many_attempts', message, { status: 429, details: { retryAfterSeconds } })
  }
}

const nameOf = (actor: Actor): string =>
  actor.kind === 'person' ? actor.person.name : actor.kind === 'api_key' ? `The API key “${actor.name}”` : 'Behalf'

function outOfReach({ name }: Person): UserError {
  const message = `${name} cannot be told anything here. Ask them in another way.`
  return new UserError('person_out_of_reach', message, { status: 409 })
}
