import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { Person } from '#people/person.ts'
import { listPersons } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'

export type { Person }

/** Everybody in the workspace, or with `external` the people of its products, by name, deactivated people too. Needs View people. */
export function listPeople(ctx: CommandsContext, actor: Actor, { external }: { external: boolean }): Promise<Person[]> {
  requirePrivilege(actor, 'people.view')
  return listPersons(ctx.db, workspaceOf(actor), { external })
}
