import { type JobId, newId } from '#core/ids.ts'
import type { CalledPart } from '#recipes/program.ts'
import { loadProgram } from '#recipes/program.ts'
import type { Json } from '#recipes/scope.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { recordJob } from './record-job.ts'

/**
 * Starts a function as a job of its own, as the person of the job that calls it; once, however often that job comes to it: `key` is the
 * step's. What it has to ask of its person, it asks where the calling job came from.
 */
export async function startCalled(
  ctx: JobsContext,
  job: ClaimedJob,
  { called, input, key }: { called: CalledPart; input: Json; key: string },
): Promise<JobId> {
  const { jobId } = await recordJob(
    ctx,
    {
      id: newId('job'),
      program: await loadProgram(ctx.db, called),
      workspaceId: job.workspaceId,
      person: job.person,
      origin: job.origin,
      input,
      delivery: { source: job.id, key, request: input },
      watched: false,
    },
    async () => undefined,
  )
  return jobId
}
