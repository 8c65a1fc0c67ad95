import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { type Answer, answerQuestion, findQuestion } from '#jobs/answer-question.ts'
import { findJob } from '#jobs/read-job.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'

/** Answers what a job of one's own asks, so that it goes on. `step` names the question, where one was shown: another is not answered by mistake. */
export async function answerJob(
  ctx: CommandsContext,
  actor: Actor,
  { id, step, ...answer }: Answer & { id: JobId; step?: string | undefined },
): Promise<void> {
  await requireOwn(ctx, actor, id)
  const question = await findQuestion(ctx, ctx.db, id)
  if (!question || (step !== undefined && step !== question.step))
    throw new UserError('not_waiting_for_answer', 'This question has been answered, or its time is over.', {
      status: 409,
    })
  await answerQuestion(ctx, question, answer)
}

async function requireOwn(ctx: CommandsContext, actor: Actor, id: JobId): Promise<void> {
  const job = await findJob(ctx, workspaceOf(actor), id)
  const own = actor.kind === 'person' && job?.summary.person?.id === actor.person.id
  if (!own) throw new UserError('job_not_found', 'There is no such job, or it is not yours to see.', { status: 404 })
}
