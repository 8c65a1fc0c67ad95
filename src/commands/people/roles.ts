import type { Actor } from '#people/actor.ts'
import { PRIVILEGES, type Privilege, ROLE_PRIVILEGES, ROLES, type Role } from '#people/privileges.ts'
import { requireAnyPrivilege } from '../require-any-privilege.ts'

export type { Role }

/** A built-in role with what it allows, in sentences. */
export interface DescribedRole {
  name: Role
  label: string
  privileges: { name: Privilege; sentence: string }[]
}

/** The built-in roles, most powerful first, for whoever may view people or make API keys. */
export function listRoles(actor: Actor): DescribedRole[] {
  requireAnyPrivilege(actor, 'people.view', 'api_keys.edit')
  return ROLES.map((name) => ({
    name,
    label: name.charAt(0).toUpperCase() + name.slice(1),
    privileges: [...ROLE_PRIVILEGES[name]].map((privilege) => ({ name: privilege, sentence: PRIVILEGES[privilege] })),
  }))
}
