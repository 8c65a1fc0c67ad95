import { type JobId, newId } from '#core/ids.ts'
import type { CalledPart } from '#recipes/program.ts'
import { loadProgram, versionsOf } from '#recipes/program.ts'
import type { Json } from '#recipes/scope.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { recordJob } from './record-job.ts'

export interface CalledApart {
  called: CalledPart
  input: Json
  /** Of the step that calls it. */
  key: string
  masked: boolean
}

/**
 * Starts a function as a job of its own, as the person of the job that calls it, and as private as that is; once, however often that job comes
 * to it. What it has to ask of its person, it asks where the calling job came from.
 */
export async function startCalled(
  ctx: JobsContext,
  job: ClaimedJob,
  { called, input, key, masked }: CalledApart,
): Promise<JobId> {
  const { jobId } = await recordJob(
    ctx,
    {
      id: newId('job'),
      // why: its person allowed what these versions do, and what they do with what they are given.
      program: await loadProgram(ctx.db, called, versionsOf(job.program)),
      workspaceId: job.workspaceId,
      person: job.person,
      origin: job.origin,
      input,
      delivery: { source: job.id, key, request: input },
      watched: false,
      within: { private: job.private, masked, delegatorId: job.delegatorId },
    },
    async () => undefined,
  )
  return jobId
}
