import type { Missing } from '#asking/connect-request.ts'
import { type RecipeUse, readStanding } from '#connections/standing.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { Person } from '#people/person.ts'
import { connectionsNeeded } from '#recipes/connections-needed.ts'
import { footprintOf } from '#recipes/footprint.ts'
import type { Program } from '#recipes/program.ts'
import type { JobsContext } from './context.ts'
import type { Invocation } from './invocation.ts'
import type { Run } from './run.ts'

/** Every connection of their own that this person must connect before the first step. */
export async function findMissing(ctx: JobsContext, { program, person }: Invocation): Promise<Missing[]> {
  const needed = connectionsNeeded(program)
  if (needed.length === 0) return []
  if (!person)
    throw new UserError('person_needed', 'This recipe runs as a person, and nobody is known here.', { status: 403 })
  const whose = { person, use: leaveFor(ctx, program) }
  return inSpan(ctx, { name: 'jobs/preflight' }, () => findMissingOf(ctx, needed, whose))
}

/** Those of the parents under which a person has no connection that may be used now. */
async function findMissingOf(
  ctx: JobsContext,
  parentIds: readonly ConnectionId[],
  { person, use }: { person: Pick<Person, 'id'>; use: RecipeUse },
): Promise<Missing[]> {
  const missing: Missing[] = []
  for (const parentId of parentIds) {
    const standing = await readStanding(ctx, { parentId, personId: person.id, recipe: use }, null)
    if (standing.kind === 'interrupted' && standing.interruption.kind === 'connect')
      missing.push({ parentId, reason: standing.interruption.reason })
  }
  return missing
}

/** What a person must have allowed before a program may use their connections. */
export const leaveFor = (ctx: JobsContext, program: Program): RecipeUse => ({
  recipeId: program.main.id,
  footprint: footprintOf(program, ctx.connectors),
})

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
