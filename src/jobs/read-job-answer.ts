import type { JobId } from '#core/ids.ts'
import type { JobsContext } from './context.ts'
import type { JobStatus } from './read-job.ts'
import { jobPlace, openOptional } from './seal-job-data.ts'

/** How a job ended, for the program that started it and waited. */
export interface JobAnswer {
  status: JobStatus
  errorCode: string | null
  /** The last reply's output, or its text where it has none. */
  output: unknown
}

/** Reads a job's end. For its starter alone: the caller has made sure of that. */
export async function readJobAnswer(ctx: JobsContext, jobId: JobId): Promise<JobAnswer> {
  const row = await ctx.db
    .selectFrom('jobs')
    .select(['status', 'error_code', 'sealed_result', 'data_key_id'])
    .where('id', '=', jobId)
    .executeTakeFirstOrThrow()
  const key = await ctx.dataKeys.load(row.data_key_id)
  const result = openOptional<JobResult>(key, jobPlace(jobId, 'result'), row.sealed_result)
  return { status: row.status, errorCode: row.error_code, output: outputOf(result) }
}

/** The last reply of a job, as it is kept. */
export interface JobResult {
  text: string
  output: unknown
  /** It was delivered to whoever ran the job, and nobody is shown it in the job's record. */
  masked?: true
}

export function outputOf(result: JobResult | null): unknown {
  return result && (result.output ?? { text: result.text })
}
