import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type {
  ApiKeyId,
  ConnectionId,
  ConnectRequestId,
  ConnectVisitId,
  GroupId,
  JobId,
  PersonId,
  ProjectId,
  RecipeId,
  SessionId,
  WorkspaceId,
} from '#core/ids.ts'

/** Rows as PostgreSQL gives and takes them; `test/rules` compares them with the migrated database. bigint comes as a string. */
export interface Tables {
  workspaces: WorkspacesTable
  projects: ProjectsTable
  persons: PersonsTable
  identities: IdentitiesTable
  passwords: PasswordsTable
  sessions: SessionsTable
  rate_limits: RateLimitsTable
  groups: GroupsTable
  group_members: GroupMembersTable
  api_keys: ApiKeysTable
  audit_events: AuditEventsTable
  sealing_keys: SealingKeysTable
  data_keys: DataKeysTable
  connections: ConnectionsTable
  grants: GrantsTable
  revocations: RevocationsTable
  credential_uses: CredentialUsesTable
  recipes: RecipesTable
  recipe_versions: RecipeVersionsTable
  recipe_triggers: RecipeTriggersTable
  recipe_runners: RecipeRunnersTable
  recipe_connections: RecipeConnectionsTable
  jobs: JobsTable
  job_steps: JobStepsTable
  waits: WaitsTable
  worker_pools: WorkerPoolsTable
  outbox: OutboxTable
  connect_requests: ConnectRequestsTable
  connect_visits: ConnectVisitsTable
  connect_attempts: ConnectAttemptsTable
  chat_messages: ChatMessagesTable
  dialogs: DialogsTable
}

export type Environment = 'DEV' | 'TEST' | 'PROD'

/** jsonb: an object when read, a JSON string when written. */
type Json = JSONColumnType<Record<string, unknown>>
type NullableJson = JSONColumnType<Record<string, unknown> | null>

interface WorkspacesTable {
  id: WorkspaceId
  name: string
  created_at: Generated<Date>
}

interface ProjectsTable {
  id: ProjectId
  workspace_id: WorkspaceId
  name: string
  created_at: Generated<Date>
}

interface PersonsTable {
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
}

interface IdentitiesTable {
  id: string
  workspace_id: WorkspaceId
  person_id: PersonId
  subject: string
  created_at: Generated<Date>
}

interface PasswordsTable {
  person_id: PersonId
  hash: string
  changed_at: Generated<Date>
}

interface SessionsTable {
  id: SessionId
  token_hash: Buffer
  person_id: PersonId
  user_agent: string | null
  created_at: Generated<Date>
  last_seen_at: Generated<Date>
  expires_at: Date
}

interface RateLimitsTable {
  key: string
  window_started_at: Date
  used: number
}

interface GroupsTable {
  id: GroupId
  workspace_id: WorkspaceId
  name: string
  created_at: Generated<Date>
}

interface GroupMembersTable {
  group_id: GroupId
  person_id: PersonId
}

interface ApiKeysTable {
  id: ApiKeyId
  workspace_id: WorkspaceId
  name: string
  token_hash: Buffer
  hint: string
  privileges: string[]
  created_by: PersonId
  created_at: Generated<Date>
  last_used_at: Date | null
  expires_at: Date | null
  revoked_at: Date | null
}

interface AuditEventsTable {
  id: GeneratedAlways<string>
  workspace_id: WorkspaceId
  at: Generated<Date>
  person_id: PersonId | null
  api_key_id: ApiKeyId | null
  action: string
  target_id: string | null
  details: JSONColumnType<Record<string, unknown>, string | undefined, string>
}

interface SealingKeysTable {
  version: number
  fingerprint: string
  first_used_at: Generated<Date>
}

interface DataKeysTable {
  id: string
  workspace_id: WorkspaceId
  day: string
  wrapped: Buffer
}

interface ConnectionsTable {
  id: ConnectionId
  workspace_id: WorkspaceId
  project_id: ProjectId
  environment: Environment
  connector: string
  name: string
  parent_id: ConnectionId | null
  person_id: PersonId | null
  settings: JSONColumnType<Record<string, unknown>, string | undefined, string>
  sealed_client: Buffer | null
  client_id: string | null
  scopes: Generated<string[]>
  client_version: Generated<number>
  status: string | null
  status_reason: string | null
  status_at: Generated<Date>
  account_id: string | null
  account_label: string | null
  account_email: string | null
  granted_client_version: number | null
  identity_id: string | null
  surface: string | null
  created_by: PersonId | null
  created_at: Generated<Date>
  last_authorized_at: Date | null
  last_used_at: Date | null
  deleted_at: Date | null
}

interface GrantsTable {
  connection_id: ConnectionId
  version: Generated<string>
  sealed: Buffer
  scopes: string[]
  access_expires_at: Date | null
  lease_holder: string | null
  lease_until: Date | null
  authorized_at: Date
  updated_at: Generated<Date>
}

interface RevocationsTable {
  id: string
  workspace_id: WorkspaceId
  connection_id: ConnectionId
  parent_id: ConnectionId
  sealed: Buffer | null
  status: 'pending' | 'revoked' | 'unsupported' | 'failed'
  attempts: Generated<number>
  next_at: Generated<Date>
  outcome: string | null
  created_at: Generated<Date>
  finished_at: Date | null
}

interface CredentialUsesTable {
  id: GeneratedAlways<string>
  workspace_id: WorkspaceId
  at: Generated<Date>
  connection_id: ConnectionId
  parent_id: ConnectionId | null
  person_id: PersonId | null
  account_label: string | null
  recipe_id: RecipeId | null
  recipe_version: number | null
  job_id: JobId | null
  step: string | null
  action: string | null
  requests: number
  http_status: number | null
  outcome: string
}

interface RecipesTable {
  id: RecipeId
  workspace_id: WorkspaceId
  project_id: ProjectId
  environment: Environment
  name: string
  status: Generated<'stopped' | 'started'>
  stopped_reason: string | null
  version: number
  shared_with_everyone: Generated<boolean>
  created_by: PersonId | null
  created_at: Generated<Date>
  deleted_at: Date | null
}

interface RecipeVersionsTable {
  recipe_id: RecipeId
  version: number
  document: Json
  comment: string | null
  created_by: PersonId | null
  created_at: Generated<Date>
}

interface RecipeTriggersTable {
  recipe_id: RecipeId
  workspace_id: WorkspaceId
  kind: 'command' | 'api' | 'webhook'
  key: string
}

interface RecipeRunnersTable {
  recipe_id: RecipeId
  person_id: PersonId | null
  group_id: GroupId | null
}

interface RecipeConnectionsTable {
  recipe_id: RecipeId
  connection_id: ConnectionId
  personal: boolean
}

interface JobsTable {
  id: JobId
  workspace_id: WorkspaceId
  recipe_id: RecipeId
  recipe_version: number
  person_id: PersonId | null
  status:
    | 'waiting_for_connection'
    | 'waiting_for_answer'
    | 'queued'
    | 'running'
    | 'succeeded'
    | 'failed'
    | 'cancelled'
    | 'expired'
  private: boolean
  surface: string
  sealed_address: Buffer | null
  delivery_source: string | null
  delivery_key: string | null
  request_hash: Buffer | null
  fence: Generated<string>
  holder: string | null
  watched: Generated<boolean>
  data_key_id: string
  sealed_input: Buffer | null
  input_shape: NullableJson
  sealed_result: Buffer | null
  sealed_error: Buffer | null
  error_code: string | null
  created_at: Generated<Date>
  started_at: Date | null
  finished_at: Date | null
}

interface JobStepsTable {
  job_id: JobId
  step: string
  position: number
  status: 'began' | 'succeeded' | 'failed' | 'interrupted'
  sealed_input: Buffer | null
  input_shape: NullableJson
  sealed_output: Buffer | null
  sealed_error: Buffer | null
  error_code: string | null
  http_status: number | null
  action: string | null
  connection_id: ConnectionId | null
  account_label: string | null
  started_at: Date | null
  finished_at: Date | null
}

interface WaitsTable {
  job_id: JobId
  kind: 'connection'
  key: string
  step: string | null
  expires_at: Date
}

interface WorkerPoolsTable {
  id: string
  process: string
  seen_at: Generated<Date>
}

interface OutboxTable {
  id: string
  workspace_id: WorkspaceId
  job_id: JobId | null
  person_id: PersonId | null
  surface: string
  data_key_id: string
  sealed_address: Buffer | null
  sealed_body: Buffer | null
  status: Generated<'pending' | 'delivered' | 'given_up'>
  attempts: Generated<number>
  next_at: Generated<Date>
  created_at: Generated<Date>
  delivered_at: Date | null
}

interface ConnectRequestsTable {
  id: ConnectRequestId
  workspace_id: WorkspaceId
  person_id: PersonId
  parent_id: ConnectionId
  reason: string
  status: Generated<'open' | 'done' | 'declined' | 'expired' | 'cancelled'>
  created_at: Generated<Date>
  expires_at: Date
  finished_at: Date | null
}

interface ConnectVisitsTable {
  id: ConnectVisitId
  workspace_id: WorkspaceId
  person_id: PersonId
  job_id: JobId | null
  parent_id: ConnectionId | null
  token_hash: Buffer | null
  return_to: string | null
  status: Generated<'open' | 'done' | 'declined' | 'expired' | 'superseded'>
  spent_at: Date | null
  created_at: Generated<Date>
  expires_at: Date
}

interface ConnectAttemptsTable {
  id: string
  workspace_id: WorkspaceId
  state_hash: Buffer
  parent_id: ConnectionId
  kind: 'parent' | 'child'
  person_id: PersonId
  session_id: SessionId
  visit_id: ConnectVisitId | null
  client_version: number
  sealed_verifier: Buffer
  created_at: Generated<Date>
  expires_at: Date
  consumed_at: Date | null
}

interface ChatMessagesTable {
  id: string
  seq: GeneratedAlways<string>
  workspace_id: WorkspaceId
  person_id: PersonId
  delivery_id: string | null
  job_id: JobId | null
  data_key_id: string
  sealed_body: Buffer
  created_at: Generated<Date>
}

interface DialogsTable {
  person_id: PersonId
  conversation: string
  data_key_id: string
  sealed_state: Buffer
  expires_at: Date
}
