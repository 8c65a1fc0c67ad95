import { UserError } from '#core/errors.ts'
import { type Actor, mayAssignRole } from '#people/actor.ts'
import type { Role } from '#people/privileges.ts'

/**
 * Refuses with `role_refused` (403) unless the actor may handle all of these roles: nobody makes, changes or deactivates somebody who may
 * do more than they may themselves, and owners are handled by owners alone.
 */
export function requireAssignable(actor: Actor, ...roles: Role[]): void {
  const refused = roles.find((role) => !mayAssignRole(actor, role))
  if (refused === undefined) return
  throw new UserError('role_refused', `The role ${refused} allows more than your own: ask somebody who has it.`, {
    status: 403,
    details: { role: refused },
  })
}
