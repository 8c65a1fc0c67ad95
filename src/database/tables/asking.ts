import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type {
  ConnectionId,
  ConnectRequestId,
  ConnectTieId,
  ConnectVisitId,
  ConsentId,
  JobId,
  PersonId,
  RecipeId,
  SessionId,
  WorkspaceId,
} from '#core/ids.ts'

export interface ConnectRequestsTable {
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

export interface ConnectVisitsTable {
  id: ConnectVisitId
  workspace_id: WorkspaceId
  person_id: PersonId
  job_id: JobId | null
  parent_id: ConnectionId | null
  surface: string
  token_hash: Buffer | null
  return_to: string | null
  status: Generated<'open' | 'done' | 'declined' | 'expired' | 'superseded' | 'burnt'>
  burnt_at: Date | null
  spent_at: Date | null
  created_at: Generated<Date>
  expires_at: Date
}

export interface ConnectAttemptsTable {
  id: string
  workspace_id: WorkspaceId
  state_hash: Buffer
  parent_id: ConnectionId
  kind: 'parent' | 'child'
  person_id: PersonId
  session_id: SessionId | null
  tie_id: ConnectTieId | null
  visit_id: ConnectVisitId | null
  client_version: number
  sealed_verifier: Buffer
  created_at: Generated<Date>
  expires_at: Date
  consumed_at: Date | null
  uses: JSONColumnType<{ recipe_id: RecipeId; footprint: string[] }[], string | undefined, string>
}

export interface HeldGrantsTable {
  attempt_id: string
  workspace_id: WorkspaceId
  sealed: Buffer
  scopes: string[]
  asked_scopes: string[]
  access_expires_at: Date | null
  account_id: string
  account_label: string
  account_email: string | null
  instead_of: string | null
  expires_at: Date
}

export interface ChatMessagesTable {
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

export interface DialogsTable {
  person_id: PersonId
  conversation: string
  data_key_id: string
  sealed_state: Buffer
  expires_at: Date
}

export interface ConsentsTable {
  id: ConsentId
  workspace_id: WorkspaceId
  person_id: PersonId
  recipe_id: RecipeId
  connection_id: ConnectionId
  footprint: string[]
  created_at: Generated<Date>
  withdrawn_at: Date | null
}
