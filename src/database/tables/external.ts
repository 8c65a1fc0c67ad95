import type { Generated, JSONColumnType } from 'kysely'
import type {
  ConnectionId,
  ConnectVisitId,
  DelegationId,
  DelegationRequestId,
  NamespaceId,
  PersonId,
  RecipeId,
  WorkspaceId,
} from '#core/ids.ts'

export interface NamespacesTable {
  id: NamespaceId
  workspace_id: WorkspaceId
  name: string
  origins: string[]
  redirect_url: string | null
  sealed_secret: Buffer
  created_by: PersonId | null
  created_at: Generated<Date>
  deleted_at: Date | null
}

export interface ExternalVisitsTable {
  visit_id: ConnectVisitId
  namespace_id: NamespaceId
  redirect_url: string
  callback_url: string | null
  browser_hash: Buffer | null
}

export interface HeldAnswersTable {
  id: string
  workspace_id: WorkspaceId
  visit_id: ConnectVisitId
  connection_id: ConnectionId
  kind: 'connect' | 'allow' | 'decline'
  uses: JSONColumnType<{ recipe_id: RecipeId; footprint: string[] }[], string | undefined, string>
  completion_hash: Buffer
  attempt_id: string | null
  sealed_query: Buffer | null
  created_at: Generated<Date>
  expires_at: Date
  taken_at: Date | null
}

export interface NoticesTable {
  id: string
  workspace_id: WorkspaceId
  namespace_id: NamespaceId
  url: string
  body: JSONColumnType<Record<string, unknown>, string, string>
  status: Generated<'pending' | 'delivered' | 'failed'>
  attempts: Generated<number>
  next_at: Generated<Date>
  outcome: string | null
  created_at: Generated<Date>
  finished_at: Date | null
}

export interface DelegationsTable {
  id: DelegationId
  workspace_id: WorkspaceId
  person_id: PersonId
  connection_id: ConnectionId
  recipe_id: RecipeId
  footprint: string[]
  created_by: PersonId
  created_at: Generated<Date>
  expires_at: Date
  ended_at: Date | null
}

export interface DelegationRequestsTable {
  id: DelegationRequestId
  workspace_id: WorkspaceId
  person_id: PersonId
  connection_id: ConnectionId
  recipe_id: RecipeId
  asked_by: PersonId | null
  status: Generated<'open' | 'accepted' | 'declined' | 'withdrawn'>
  created_at: Date
  told_at: Date | null
  finished_at: Date | null
}
