import type { PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { loadPerson, renamePerson, setRole } from '#people/persons.ts'
import type { Role } from '#people/privileges.ts'
import type { CommandsContext } from '../context.ts'
import { requireAssignable } from './require-assignable.ts'

/**
 * Renames a person, gives them another role, or both or neither. Needs Edit people, and that the roles they have and get are within the
 * actor's own (`role_refused`). Refuses `person_not_found`, `invalid_name`, `last_owner`, and `role_changed` on a race.
 */
export async function changePerson(
  ctx: CommandsContext,
  actor: Actor,
  { personId, name, role }: { personId: PersonId; name?: string | undefined; role?: Role | undefined },
): Promise<Person> {
  requirePrivilege(actor, 'people.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const before = await loadPerson(tx, workspaceOf(actor), personId)
    requireAssignable(actor, before.role, role ?? before.role)
    const renamed = name === undefined ? before : await rename(tx, actor, before, name)
    return role === undefined || role === before.role ? renamed : giveRole(tx, actor, before, role)
  })
}

async function rename(tx: Db, actor: Actor, { workspaceId, id, name: from }: Person, name: string): Promise<Person> {
  const person = await renamePerson(tx, { workspaceId, personId: id, name })
  const details = { from, to: person.name }
  if (from !== person.name) await recordAudit(tx, actor, { action: 'person.renamed', targetId: id, details })
  return person
}

async function giveRole(tx: Db, actor: Actor, { workspaceId, id, role: from }: Person, to: Role): Promise<Person> {
  const person = await setRole(tx, { workspaceId, personId: id, from, to })
  await recordAudit(tx, actor, { action: 'person.role_changed', targetId: id, details: { from, to } })
  return person
}
