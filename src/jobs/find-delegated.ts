import { UserError } from '#core/errors.ts'
import type { ConnectionId, PersonId } from '#core/ids.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { type CalledPart, callsIn, type Part, type Program, programOf } from '#recipes/program.ts'
import { findConnection } from '#recipes/recipe.ts'
import type { CallStep } from '#recipes/step.ts'
import type { JobsContext } from './context.ts'
import type { Invocation } from './invocation.ts'
import type { DelegatedConnection, Frame } from './run.ts'

/**
 * The connections a call names for a function that runs without a person. Each is one person's own, and that person lets the recipe that
 * names it use it: that is looked at again before every request. Refuses a parent connection, and those of two persons in one job.
 */
export async function findDelegated(
  ctx: JobsContext,
  frame: Frame,
  { step, called }: { step: CallStep; called: CalledPart },
): Promise<Frame['delegated']> {
  const { job } = frame.run
  const named = Object.entries(step.connection_overrides)
  if (named.length === 0) return new Map()
  if (job.person)
    throw new UserError(
      'overrides_need_no_person',
      'It runs as the person who runs it, and nobody else’s connection can be named for it.',
    )
  const use = leaveNeeded(ctx, job.program, frame.part)
  const delegated = new Map<string, DelegatedConnection>()
  for (const [alias, id] of named) {
    const child = await findChild(ctx, job.workspaceId, id as ConnectionId)
    if (child.personId !== job.delegatorId) throw ofAnother()
    if (findConnection(called.document, alias)?.connection_id !== child.parentId) throw underAnother(alias)
    delegated.set(alias, { ...child, connectionId: id as ConnectionId, use })
  }
  return delegated
}

/** The leave of a connection's person: for the recipe that names it, with all it may do. */
export const leaveNeeded = ({ connectors }: Pick<JobsContext, 'connectors'>, program: Program, part: Part) => ({
  recipeId: part.id,
  footprint: footprintOf(programOf(program, part), connectors),
  by: 'delegation' as const,
})

/**
 * The one person whose delegated connections a program without a person names, or the job that starts it uses; null when there is none.
 * Refuses those of two.
 */
export async function findDelegator(
  ctx: Pick<JobsContext, 'db'>,
  { program, person, workspaceId, within }: Pick<Invocation, 'program' | 'person' | 'workspaceId' | 'within'>,
): Promise<PersonId | null> {
  if (person) return null
  const named = [program.main, ...program.functions.values()].flatMap(({ document }) =>
    callsIn(document).flatMap(({ connection_overrides }) => Object.values(connection_overrides)),
  )
  const persons = new Set<PersonId>(within?.delegatorId ? [within.delegatorId] : [])
  for (const id of named) persons.add((await findChild(ctx, workspaceId, id as ConnectionId)).personId)
  if (persons.size > 1) throw ofAnother()
  return [...persons][0] ?? null
}

/** A connection that is named, and whose it is. Refuses one that is gone, and a parent. */
export async function findChild(ctx: Pick<JobsContext, 'db'>, workspaceId: string, id: ConnectionId) {
  const row = await ctx.db
    .selectFrom('connections')
    .select(['parent_id', 'person_id', 'workspace_id'])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row || row.workspace_id !== workspaceId)
    throw new UserError(
      'override_missing',
      'The connection named for the function is gone. Ask the recipe’s builder to name another.',
    )
  if (row.parent_id === null || row.person_id === null) throw overrideIsParent()
  return { parentId: row.parent_id, personId: row.person_id }
}

function overrideIsParent(): UserError {
  return new UserError(
    'override_is_parent',
    'A function that runs as a person needs a person’s own connection, and the one named for it is the parent connection. Name a runtime user connection, which its person has delegated to this recipe.',
  )
}

function ofAnother(): UserError {
  return new UserError(
    'overrides_of_two_persons',
    'One job uses the delegated connections of one person only. Name connections of one person.',
  )
}

function underAnother(alias: string): UserError {
  return new UserError(
    'override_of_another_connection',
    `The connection named for “${alias}” belongs to another connection than the function uses.`,
  )
}
