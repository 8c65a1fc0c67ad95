import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { type Answer, answerQuestion, findQuestion } from '#jobs/answer-question.ts'
import type { Actor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { loadOwnJob } from './whose-job.ts'

/** Answers what a job of one's own asks, so that it goes on. `step` names the question, where one was shown: another is not answered by mistake. */
export async function answerJob(
  ctx: CommandsContext,
  actor: Actor,
  { id, step, ...answer }: Answer & { id: JobId; step?: string | undefined },
): Promise<void> {
  await loadOwnJob(ctx, actor, id)
  const question = await findQuestion(ctx, ctx.db, id)
  if (!question || (step !== undefined && step !== question.step))
    throw new UserError('not_waiting_for_answer', 'This question has been answered, or its time is over.', {
      status: 409,
    })
  await answerQuestion(ctx, question, answer)
}
