import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { type Answer, answerQuestion, findQuestion, type OpenQuestion } from '#jobs/answer-question.ts'
import { findJob } from '#jobs/read-job.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'

/** What a job of one's own asks; null when it asks nothing. Nobody else may see or answer it. */
export async function viewQuestion(ctx: CommandsContext, actor: Actor, id: JobId): Promise<OpenQuestion | null> {
  await requireOwn(ctx, actor, id)
  return findQuestion(ctx, ctx.db, id)
}

/** Answers what a job of one's own asks, so that it goes on. `step` names the question, where one was shown: another is not answered by mistake. */
export async function answerJob(
  ctx: CommandsContext,
  actor: Actor,
  { id, step, ...answer }: Answer & { id: JobId; step?: string | undefined },
): Promise<void> {
  const question = await viewQuestion(ctx, actor, id)
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
