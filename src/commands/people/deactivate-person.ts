import { disconnect, loadConnection } from '#connections/cut-off.ts'
import { attemptRevocations } from '#connections/revocations.ts'
import type { PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { cancelJobsOf } from '#jobs/continue-jobs.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { deactivatePerson as deactivate, loadPerson } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'
import { requireAssignable } from './require-assignable.ts'

/**
 * Shuts a person out, in one transaction: their sessions end, their connections are disconnected, their unfinished jobs are cancelled;
 * from its commit on nothing is done as them on any machine. Then their grants are revoked at the applications; what cannot be revoked now
 * is tried again for a day. Needs Edit people and a role within the actor's own. Refuses `person_not_found`, `last_owner`.
 * Doing it twice changes nothing more.
 */
export async function deactivatePerson(
  ctx: CommandsContext,
  actor: Actor,
  { personId }: { personId: PersonId },
): Promise<Person> {
  requirePrivilege(actor, 'people.edit')
  return shutOut(ctx, actor, { personId, check: ({ role }) => requireAssignable(actor, role) })
}

/** The same for whoever may, which `check` refuses by throwing once the person is known. */
export async function shutOut(
  ctx: CommandsContext,
  actor: Actor,
  { personId, check }: { personId: PersonId; check(person: Person): void },
): Promise<Person> {
  const workspaceId = workspaceOf(actor)
  const { person, revocations } = await ctx.db.transaction().execute(async (tx) => {
    const before = await loadPerson(tx, workspaceId, personId)
    check(before)
    // First: it holds the person's row, so that a connect page that is being finished now comes before this or is refused.
    const after = await deactivate(tx, { workspaceId, personId, now: ctx.clock() })
    const cutOff = await disconnectAll(ctx, tx, actor, personId)
    await cancelJobsOf(ctx, tx, personId)
    if (before.status === 'active') await recordAudit(tx, actor, { action: 'person.deactivated', targetId: personId })
    return { person: after, revocations: cutOff }
  })
  await Promise.all(revocations.map((id) => attemptRevocations(ctx, id)))
  return person
}

/** Returns the revocations to be tried after the commit. */
async function disconnectAll(ctx: CommandsContext, tx: Db, actor: Actor, personId: PersonId): Promise<string[]> {
  const children = await tx
    .selectFrom('connections')
    .select('id')
    .where('person_id', '=', personId)
    .where('deleted_at', 'is', null)
    .where('status', '<>', 'disconnected')
    .orderBy('id')
    .execute()
  const revocations: string[] = []
  for (const { id } of children) {
    const { revocationId } = await disconnect(ctx, tx, actor, await loadConnection(tx, workspaceOf(actor), id))
    if (revocationId !== null) revocations.push(revocationId)
  }
  return revocations
}
