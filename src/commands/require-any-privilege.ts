import { type Actor, hasPrivilege, requirePrivilege } from '#people/actor.ts'
import type { Privilege } from '#people/privileges.ts'

/** Refuses with `forbidden` (403) unless the actor has at least one of these; the message names the first. */
export function requireAnyPrivilege(actor: Actor, first: Privilege, ...others: Privilege[]): void {
  if (![first, ...others].some((privilege) => hasPrivilege(actor, privilege))) requirePrivilege(actor, first)
}
