import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { type Answer, answerQuestion, findAskingJob, findQuestion, type OpenQuestion } from '#jobs/answer-question.ts'
import { CANCEL, fieldWords } from '#jobs/question-message.ts'
import type { Actor, PersonActor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { loadOwnJob } from './whose-job.ts'

export type { OpenQuestion }
export { CANCEL, fieldWords }

/** What jobs of one's own that came from this surface asked last, and still wait for. */
export async function findMyQuestion(
  ctx: CommandsContext,
  { person }: PersonActor,
  surface: string,
): Promise<OpenQuestion | null> {
  const jobId = await findAskingJob(ctx.db, { personId: person.id, surface })
  return jobId === undefined ? null : findQuestion(ctx, ctx.db, jobId)
}

/** What a job of one's own waits for; null when it asks nothing any more. Throws `job_not_found` for another's. */
export async function findQuestionOf(ctx: CommandsContext, actor: Actor, id: JobId): Promise<OpenQuestion | null> {
  await loadOwnJob(ctx, actor, id)
  return findQuestion(ctx, ctx.db, id)
}

/** Answers what a job of one's own asks, so that it goes on. `step` names the question that was shown: the next one is not answered by mistake. */
export async function answerJob(
  ctx: CommandsContext,
  actor: Actor,
  { id, step, ...answer }: Answer & { id: JobId; step: string },
): Promise<void> {
  await loadOwnJob(ctx, actor, id)
  const question = await findQuestion(ctx, ctx.db, id)
  if (!question || step !== question.step)
    throw new UserError('not_waiting_for_answer', 'This question has been answered, or its time is over.', {
      status: 409,
    })
  await answerQuestion(ctx, question, answer)
}
