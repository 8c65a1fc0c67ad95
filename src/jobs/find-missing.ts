import type { Missing } from '#asking/connect-request.ts'
import { readStanding } from '#connections/standing.ts'
import type { ConnectionId, PersonId } from '#core/ids.ts'
import { findConnection } from '#recipes/recipe.ts'
import { stepsInOrder } from '#recipes/steps.ts'
import type { JobsContext } from './context.ts'
import type { Run } from './run.ts'

/**
 * Looks at every connection that the rest of a run will need of its person, so that all that is missing by now is asked for together:
 * for a job that has waited, since which anything may have changed.
 */
export async function findMissingNow(ctx: JobsContext, run: Run, personId: PersonId): Promise<Missing[]> {
  const missing: Missing[] = []
  for (const parentId of parentsToCome(run)) {
    const standing = await readStanding(ctx, { parentId, personId, recipe: run.use }, null)
    if (standing.kind === 'interrupted' && standing.interruption.kind === 'connect')
      missing.push({ parentId, reason: standing.interruption.reason })
  }
  return missing
}

/** The parents with the switch on that steps without a recorded outcome name, also those behind an if that may not be reached. */
function parentsToCome({ job: { document }, recorded }: Run): Set<ConnectionId> {
  const parents = stepsInOrder(document).flatMap(({ step }) => {
    if (step.kind !== 'action' || recorded.get(step.name)?.status === 'succeeded') return []
    const connection = findConnection(document, step.connection)
    return connection?.personal && connection.connection_id ? [connection.connection_id as ConnectionId] : []
  })
  return new Set(parents)
}
