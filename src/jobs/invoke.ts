import { takePlaceHere } from './begin-here.ts'
import type { JobsContext } from './context.ts'
import type { Invocation, Invoked } from './invocation.ts'
import { refuseNewer } from './leave-to-newer.ts'
import { recordJob } from './record-job.ts'

export type { Invocation, Invoked } from './invocation.ts'

/**
 * `recordJob`; a job whose caller waits on a connection to this process begins here at once, where there is room. Refuses with
 * `recipe_newer` what this process could not run.
 */
export async function invoke(ctx: JobsContext, invocation: Invocation): Promise<Invoked> {
  const { id, program, watched } = invocation
  refuseNewer(ctx, program)
  return recordJob(ctx, invocation, async () => (watched ? takePlaceHere(ctx, id) : undefined))
}
