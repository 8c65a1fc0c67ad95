import type { Missing } from '#asking/connect-request.ts'
import type { Person } from '#people/person.ts'
import { connectionsNeeded } from '#recipes/connections-needed.ts'
import type { JobsContext } from './context.ts'
import { findMissingOf } from './record-job.ts'
import type { Run } from './run.ts'

/**
 * Looks at every connection that the rest of a run will need of its person, so that all that is missing by now is asked for together:
 * for a job that has waited, since which anything may have changed.
 */
export function findMissingNow(
  ctx: JobsContext,
  { job, recorded, use }: Run,
  person: Pick<Person, 'id'>,
): Promise<Missing[]> {
  const isDone = (key: string) => recorded.get(key)?.status === 'succeeded'
  return findMissingOf(ctx, connectionsNeeded(job.program, { isDone }), { person, use })
}
