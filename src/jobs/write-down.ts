import type { JobsContext } from './context.ts'
import { record } from './record.ts'
import { nothingUnwritten, type Run } from './run.ts'

/** Puts what is known so far on record; false when this process no longer speaks for the job. */
export async function writeDown(ctx: JobsContext, run: Run): Promise<boolean> {
  const { steps, outgoing } = run.unwritten
  run.unwritten = nothingUnwritten()
  if (steps.size + outgoing.length === 0) return true
  return record(ctx, run.job, { steps: [...steps.values()], outgoing, finish: null })
}
