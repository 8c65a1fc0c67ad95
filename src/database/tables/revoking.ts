import type { Generated, JSONColumnType } from 'kysely'
import type { ApiKeyId, ConnectionId, PersonId, WorkspaceId } from '#core/ids.ts'

export interface RevocationsTable {
  id: string
  workspace_id: WorkspaceId
  connection_id: ConnectionId
  parent_id: ConnectionId
  account_id: string | null
  client_version: number | null
  bulk_id: string | null
  sealed: Buffer | null
  status: 'pending' | 'revoked' | 'kept' | 'unsupported' | 'failed'
  attempts: Generated<number>
  next_at: Generated<Date>
  outcome: string | null
  created_at: Generated<Date>
  finished_at: Date | null
}

export interface FormerClientsTable {
  connection_id: ConnectionId
  client_version: number
  settings: JSONColumnType<Record<string, unknown>, string, string>
  client_id: string | null
  sealed_client: Buffer
  created_at: Date
}

export interface BulkRevocationsTable {
  id: string
  workspace_id: WorkspaceId
  person_id: PersonId | null
  api_key_id: ApiKeyId | null
  kind: 'disconnect' | 'delete'
  filter: JSONColumnType<Record<string, unknown>, string, string>
  total: number
  done: Generated<number>
  done_until: Generated<string>
  created_at: Date
  finished_at: Date | null
}
