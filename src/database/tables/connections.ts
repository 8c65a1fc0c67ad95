import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { ConnectionId, JobId, PersonId, ProjectId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Environment } from './columns.ts'

export interface ConnectionsTable {
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
  personal_form: Generated<boolean>
  public_origin: string | null
  /** Set by the database; what lists of children are searched by. */
  words: Generated<string>
  identity_id: string | null
  surface: string | null
  created_by: PersonId | null
  created_at: Generated<Date>
  last_authorized_at: Date | null
  last_used_at: Date | null
  deleted_at: Date | null
  at_once: number | null
  must_ask_at: Date | null
}

export interface GrantsTable {
  connection_id: ConnectionId
  version: Generated<string>
  sealed: Buffer
  scopes: string[]
  asked_scopes: Generated<string[]>
  access_expires_at: Date | null
  lease_holder: string | null
  lease_until: Date | null
  keep_alive_at: Date | null
  keep_alive_attempts: Generated<number>
  authorized_at: Date
  updated_at: Generated<Date>
}

export interface CredentialUsesTable {
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
