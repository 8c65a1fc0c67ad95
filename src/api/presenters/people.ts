import type { z } from 'zod'
import type { ApiKey as KeptApiKey } from '#commands/people/api-keys.ts'
import type { NamedAuditEvent } from '#commands/people/audit-events.ts'
import type { ShutOut } from '#commands/people/deactivate-person.ts'
import type { Group as KeptGroup } from '#commands/people/groups.ts'
import type { ShownIdentity } from '#commands/people/identities.ts'
import type { Person as KeptPerson, ListedPerson as Listed } from '#commands/people/list-people.ts'
import type { MyBrowser } from '#commands/people/my-sessions.ts'
import type { Project as KeptProject } from '#commands/people/projects.ts'
import type { ApiKey, AuditEvent, Group, Person, Project } from '../contract.ts'
import type { ShutOutPerson } from '../revoking-contract.ts'
import type { ListedPerson, PersonIdentity } from '../workspace-contract.ts'
import { instant } from './instant.ts'

export function presentPerson({ createdAt, workspaceId, ...person }: KeptPerson): z.infer<typeof Person> {
  return { ...person, created_at: createdAt.toISOString() }
}

export function presentListedPerson({ askingPausedUntil, ...person }: Listed): z.infer<typeof ListedPerson> {
  return { ...presentPerson(person), asking_paused_until: instant(askingPausedUntil) }
}

export function presentIdentity({
  id,
  isInChat,
  label,
  place,
  account,
  linkedAt,
}: ShownIdentity): z.infer<typeof PersonIdentity> {
  return { id, kind: isInChat ? 'chat' : 'sign_in', label, place, account, linked_at: linkedAt.toISOString() }
}

export function presentShutOut({ person, ended }: ShutOut): z.infer<typeof ShutOutPerson> {
  const { apiKeys: api_keys, ...rest } = ended
  return { ...presentPerson(person), ended: { ...rest, api_keys } }
}

export function presentGroup({ id, name, members }: KeptGroup): z.infer<typeof Group> {
  return { id, name, members }
}

export function presentProject({ id, name, createdAt }: KeptProject): z.infer<typeof Project> {
  return { id, name, created_at: createdAt.toISOString() }
}

export function presentApiKey(key: KeptApiKey): z.infer<typeof ApiKey> {
  const { id, name, hint, privileges } = key
  return {
    id,
    name,
    hint,
    privileges,
    namespace_id: key.namespaceId,
    created_at: key.createdAt.toISOString(),
    last_used_at: instant(key.lastUsedAt),
    expires_at: instant(key.expiresAt),
    revoked_at: instant(key.revokedAt),
  }
}

export function presentAuditEvent(event: NamedAuditEvent): z.infer<typeof AuditEvent> {
  const { id, at, action, person, apiKeyId, targetId, details } = event
  return { id, at: at.toISOString(), action, person, api_key_id: apiKeyId, target_id: targetId, details }
}

export function presentMySession({ id, browser, userAgent, signedInBy, current, ...session }: MyBrowser) {
  return {
    id,
    browser,
    user_agent: userAgent,
    signed_in_by: signedInBy,
    created_at: session.createdAt.toISOString(),
    last_seen_at: session.lastSeenAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    current,
  }
}
