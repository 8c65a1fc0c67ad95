import { randomBytes } from 'node:crypto'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { hashPassword, storePassword } from '#people/passwords.ts'
import type { Person } from '#people/person.ts'
import { createPerson as insertPerson } from '#people/persons.ts'
import type { Role } from '#people/privileges.ts'
import type { CommandsContext } from '../context.ts'
import { requireAssignable } from './require-assignable.ts'

export interface CreatedPerson {
  person: Person
  /** The password that was made for them, shown this once; null when the caller chose it. */
  initialPassword: string | null
}

/**
 * Adds a member who can sign in at once, with the password given or else one made here, to be handed over: who made it knows it, so it
 * serves only to choose one’s own.
 * Needs Edit people and a role within the actor's own (`role_refused`). Refuses `invalid_name`, `invalid_email`, `email_taken`,
 * `weak_password`.
 */
export async function createPerson(
  ctx: CommandsContext,
  actor: Actor,
  wanted: { name: string; email: string; role: Role; password?: string | undefined },
): Promise<CreatedPerson> {
  requirePrivilege(actor, 'people.edit')
  requireAssignable(actor, wanted.role)
  const initialPassword = wanted.password === undefined ? newPassword() : null
  const { name, email, role } = wanted
  const [workspaceId, now] = [workspaceOf(actor), ctx.clock()]
  // Before the transaction, because it takes long.
  const hash = await hashPassword(wanted.password ?? initialPassword ?? '', email)
  const person = await ctx.db.transaction().execute(async (tx) => {
    const created = await insertPerson(tx, { workspaceId, kind: 'member', name, email, role, now })
    await storePassword(tx, {
      workspaceId,
      personId: created.id,
      email: created.email ?? email,
      hash,
      isFirst: true,
      now,
    })
    const details = { name: created.name, role }
    await recordAudit(tx, actor, { action: 'person.created', targetId: created.id, details })
    return created
  })
  return { person, initialPassword }
}

// Without 0, 1, l and o, so that it can be read aloud.
const LETTERS = '23456789abcdefghijkmnpqrstuvwxyz'

/** 100 bits of chance: `k7mw-3xpa-…`, five groups of four. */
function newPassword(): string {
  const letters = [...randomBytes(20)].map((byte) => LETTERS[byte % LETTERS.length])
  return [0, 4, 8, 12, 16].map((start) => letters.slice(start, start + 4).join('')).join('-')
}
