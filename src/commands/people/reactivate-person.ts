import type { PersonId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { loadPerson, reactivatePerson as reactivate } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'
import { requireAssignable } from './require-assignable.ts'

/**
 * Lets a person in again with the role they had; their connections stay disconnected until they connect anew.
 * Needs Edit people and a role within the actor's own. Refuses `person_not_found`.
 */
export async function reactivatePerson(
  ctx: CommandsContext,
  actor: Actor,
  { personId }: { personId: PersonId },
): Promise<Person> {
  requirePrivilege(actor, 'people.edit')
  const workspaceId = workspaceOf(actor)
  return ctx.db.transaction().execute(async (tx) => {
    const before = await loadPerson(tx, workspaceId, personId)
    requireAssignable(actor, before.role)
    if (before.status === 'active') return before
    await recordAudit(tx, actor, { action: 'person.reactivated', targetId: personId })
    return reactivate(tx, { workspaceId, personId })
  })
}
