import { Bug, OutsideError, UserError } from '#core/errors.ts'
import type { JobsContext } from './context.ts'
import type { Run } from './run.ts'

/** The code under which an error is on record: `bug` for every fault of ours. */
export const errorCodeOf = (error: unknown): string =>
  error instanceof UserError || error instanceof OutsideError ? error.code : new Bug('').code

/** What its person is shown of an error: their own words for what they can act on, otherwise a reference; then it is logged. */
export function shownError(ctx: JobsContext, run: Pick<Run, 'job'>, error: unknown): { code: string; message: string } {
  const code = errorCodeOf(error)
  if (error instanceof UserError || error instanceof OutsideError) return { code, message: error.message }
  ctx.log.error({ err: error, job: run.job.id }, 'a step failed by a fault of ours')
  return { code, message: `Something went wrong in Behalf. Quote ${run.job.id} to whoever runs it.` }
}
