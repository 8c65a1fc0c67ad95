import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type {
  ApiKeyId,
  GroupId,
  IdentityId,
  NamespaceId,
  PersonId,
  ProjectId,
  SessionId,
  SignInProviderId,
  WorkspaceId,
} from '#core/ids.ts'

export interface WorkspacesTable {
  id: WorkspaceId
  name: string
  settings: JSONColumnType<Record<string, unknown>, string | undefined, string>
  created_at: Generated<Date>
}

export interface ProjectsTable {
  id: ProjectId
  workspace_id: WorkspaceId
  name: string
  created_at: Generated<Date>
}

export interface PersonsTable {
  id: PersonId
  workspace_id: WorkspaceId
  kind: 'member' | 'external' | 'service'
  name: string
  email: string | null
  email_verified_at: Date | null
  role: 'owner' | 'admin' | 'analyst' | 'operator' | 'member'
  status: Generated<'active' | 'deactivated'>
  created_at: Generated<Date>
  deactivated_at: Date | null
  asking_paused_until: Date | null
}

export interface IdentitiesTable {
  id: IdentityId
  workspace_id: WorkspaceId
  person_id: PersonId
  subject: string
  created_at: Generated<Date>
}

export interface PasswordsTable {
  person_id: PersonId
  hash: string
  changed_at: Generated<Date>
  /** Made for them by somebody else: nobody is signed in by it before they have chosen their own. */
  is_first: Generated<boolean>
}

export interface SessionsTable {
  id: SessionId
  token_hash: Buffer
  person_id: PersonId
  user_agent: string | null
  /** Null: by password. */
  sign_in_provider_id: SignInProviderId | null
  created_at: Generated<Date>
  last_seen_at: Generated<Date>
  expires_at: Date
}

export interface RateLimitsTable {
  key: string
  window_started_at: Date
  used: number
}

export interface GroupsTable {
  id: GroupId
  workspace_id: WorkspaceId
  name: string
  created_at: Generated<Date>
}

export interface GroupMembersTable {
  group_id: GroupId
  person_id: PersonId
}

export interface ApiKeysTable {
  id: ApiKeyId
  workspace_id: WorkspaceId
  name: string
  token_hash: Buffer
  hint: string
  privileges: string[]
  namespace_id: NamespaceId | null
  created_by: PersonId
  created_at: Generated<Date>
  last_used_at: Date | null
  expires_at: Date | null
  revoked_at: Date | null
}

export interface AuditEventsTable {
  id: GeneratedAlways<string>
  workspace_id: WorkspaceId
  at: Generated<Date>
  person_id: PersonId | null
  api_key_id: ApiKeyId | null
  action: string
  target_id: string | null
  details: JSONColumnType<Record<string, unknown>, string | undefined, string>
}
