import { listAskingPauses } from '#asking/burn-links.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { Person } from '#people/person.ts'
import { listPersons } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'

export type { Person }

export interface ListedPerson extends Person {
  /** Sent no connect links until then, because too many were given up in a day; null where nothing is paused. */
  askingPausedUntil: Date | null
}

/** Everybody in the workspace, or with `external` the people of its products, by name, deactivated people too. Needs View people. */
export async function listPeople(
  ctx: CommandsContext,
  actor: Actor,
  { external }: { external: boolean },
): Promise<ListedPerson[]> {
  requirePrivilege(actor, 'people.view')
  const pauses = await listAskingPauses(ctx.db, workspaceOf(actor), ctx.clock())
  const persons = await listPersons(ctx.db, workspaceOf(actor), { external })
  return persons.map((person) => ({ ...person, askingPausedUntil: pauses.get(person.id) ?? null }))
}
