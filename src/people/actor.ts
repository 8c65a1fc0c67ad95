import { UserError } from '#core/errors.ts'
import type { ApiKeyId, NamespaceId, SessionId, WorkspaceId } from '#core/ids.ts'
import type { Person } from './person.ts'
import { PRIVILEGES, type Privilege, ROLE_PRIVILEGES, type Role } from './privileges.ts'

/** A person acting; `sessionId` is null where they act without a browser session (in chat). */
export interface PersonActor {
  kind: 'person'
  person: Person
  sessionId: SessionId | null
  privileges: ReadonlySet<Privilege>
  /** The API key of a product that acts as this person of its own. */
  apiKeyId?: ApiKeyId
}

export interface ApiKeyActor {
  kind: 'api_key'
  id: ApiKeyId
  workspaceId: WorkspaceId
  name: string
  /** The product it belongs to, as whose people alone it acts; null for a key that acts as nobody. */
  namespaceId: NamespaceId | null
  privileges: ReadonlySet<Privilege>
}

/** Behalf itself: a lapse, a sweep, a job that goes on. It is never made from a request, and nothing is refused to it. */
export interface SystemActor {
  kind: 'system'
  workspaceId: WorkspaceId
}

/** Who does something. */
export type Actor = PersonActor | ApiKeyActor | SystemActor

/** That person with what their role allows now; a person who is not active has no privilege at all. */
export function actorOf(person: Person, sessionId: SessionId | null = null): PersonActor {
  const privileges = person.status === 'active' ? ROLE_PRIVILEGES[person.role] : new Set<Privilege>()
  return { kind: 'person', person, sessionId, privileges }
}

/** The same person as an API key acts as them: what both may do. The caller has made sure that they are the key's own. */
export function actorByKey(person: Person, { id, privileges }: ApiKeyActor): PersonActor {
  const actor = actorOf(person)
  const both = [...actor.privileges].filter((privilege) => privileges.has(privilege))
  return { ...actor, privileges: new Set(both), apiKeyId: id }
}

export function hasPrivilege(actor: Actor, privilege: Privilege): boolean {
  return actor.kind === 'system' || actor.privileges.has(privilege)
}

/** Refuses with `forbidden` (403) unless the actor has all of these; the message names those that are missing. */
export function requirePrivilege(actor: Actor, ...privileges: Privilege[]): void {
  const missing = privileges.filter((privilege) => !hasPrivilege(actor, privilege))
  if (missing.length === 0) return
  const sentences = missing.map((privilege) => `“${PRIVILEGES[privilege]}”`).join(' and ')
  throw new UserError('forbidden', `This needs the privilege ${sentences}. Ask an administrator for it.`, {
    status: 403,
    details: { missing },
  })
}

/** Whether it is a person who is an owner; an API key is none, whoever made it. */
export const isOwner = (actor: Actor): boolean => actor.kind === 'person' && actor.person.role === 'owner'

export function workspaceOf(actor: Actor): WorkspaceId {
  return actor.kind === 'person' ? actor.person.workspaceId : actor.workspaceId
}

/**
 * Whether the actor may give this role, or take it from somebody: nobody handles more than they have themselves, and
 * only an owner makes and unmakes owners. To change a role, ask for the old and for the new one.
 */
export function mayAssignRole(actor: Actor, role: Role): boolean {
  if (role === 'owner' && !(actor.kind === 'person' && actor.person.role === 'owner')) return false
  return [...ROLE_PRIVILEGES[role]].every((privilege) => hasPrivilege(actor, privilege))
}
