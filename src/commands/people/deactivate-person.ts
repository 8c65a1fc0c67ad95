import type { PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { deactivatePerson as deactivate, loadPerson } from '#people/persons.ts'
import { listSessions } from '#people/sessions.ts'
import type { CommandsContext } from '../context.ts'
import { type EndedAccessOutcome, endAccess, revokeEnded } from './end-access.ts'
import { requireAssignable } from './require-assignable.ts'

/** A person who was shut out, and all that ended with it. */
export interface ShutOut {
  person: Person
  ended: EndedAccessOutcome
}

/**
 * Shuts a person out, in one transaction: sessions, API keys, connections, the leave they gave and their unfinished jobs end; from its
 * commit on nothing is done as them on any machine. Then their grants are revoked at the applications; what cannot be revoked now is tried
 * again for a day. Needs Edit people and a role within the actor's own. Refuses `person_not_found`, `last_owner`. Doing it twice changes
 * nothing more.
 */
export async function deactivatePerson(
  ctx: CommandsContext,
  actor: Actor,
  { personId }: { personId: PersonId },
): Promise<ShutOut> {
  requirePrivilege(actor, 'people.edit')
  return shutOut(ctx, actor, { personId, check: ({ role }) => requireAssignable(actor, role) })
}

/** The same for whoever may, which `check` refuses by throwing once the person is known. */
export async function shutOut(
  ctx: CommandsContext,
  actor: Actor,
  { personId, check }: { personId: PersonId; check(person: Person): void },
): Promise<ShutOut> {
  const shut = await ctx.db.transaction().execute((tx) => shutOutIn(ctx, tx, actor, { personId, check }))
  const { person, ended, revocationIds, changed } = shut
  const revocations = await revokeEnded(ctx, revocationIds)
  if (changed && revocationIds.length > 0)
    await recordAudit(ctx.db, actor, { action: 'person.access_revoked', targetId: personId, details: revocations })
  return { person, ended: { ...ended, revocations } }
}

/** The same in the caller's transaction, which tries the revocations after its commit. */
export async function shutOutIn(
  ctx: CommandsContext,
  tx: Db,
  actor: Actor,
  { personId, check }: { personId: PersonId; check(person: Person): void },
) {
  const workspaceId = workspaceOf(actor)
  const before = await loadPerson(tx, workspaceId, personId)
  check(before)
  const { length: sessions } = await listSessions(tx, personId, ctx.clock())
  // First: it holds the person's row, so that a connect page that is being finished now comes before this or is refused.
  const person = await deactivate(tx, { workspaceId, personId, now: ctx.clock() })
  const { ended: others, revocationIds } = await endAccess(ctx, tx, { actor, personId })
  const ended = { sessions, ...others }
  const changed = before.status === 'active'
  if (changed) await recordAudit(tx, actor, { action: 'person.deactivated', targetId: personId, details: { ...ended } })
  return { person, ended, revocationIds, changed }
}
