import { type JobId, newId } from '#core/ids.ts'
import type { JobsContext } from './context.ts'
import { type Invocation, type Invoked, invoke } from './invoke.ts'
import { type JobAnswer, readJobAnswer } from './read-job-answer.ts'
import { awaitAnswer, openWatch, watchJob } from './watch-job.ts'

/**
 * `invoke`, and waits up to `forMs` for the job's end: `answer` is null when it takes longer. Watched from before it is recorded, so
 * that a job which runs in this process costs its caller no reading.
 */
export async function invokeAndWait(
  ctx: JobsContext,
  invocation: Omit<Invocation, 'id' | 'watched'>,
  forMs: number,
): Promise<{ invoked: Invoked; answer: JobAnswer | null }> {
  const id = newId('job')
  const watch = openWatch(ctx, id)
  try {
    const invoked = await invoke(ctx, { ...invocation, id, watched: true })
    // why: a repeated delivery's job is another, and may have ended long ago.
    if (invoked.repeated) return { invoked, answer: await answerOfEarlier(ctx, invoked.jobId, forMs) }
    return { invoked, answer: await awaitAnswer(ctx, watch, id, forMs) }
  } finally {
    watch.close()
  }
}

async function answerOfEarlier(ctx: JobsContext, jobId: JobId, forMs: number): Promise<JobAnswer | null> {
  return (await watchJob(ctx, jobId, forMs)) ? readJobAnswer(ctx, jobId) : null
}
