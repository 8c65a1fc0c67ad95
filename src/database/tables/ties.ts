import type { Generated } from 'kysely'
import type { ConnectTieId, ConnectVisitId, SignInProviderId, SurfaceAppId, WorkspaceId } from '#core/ids.ts'

export interface SignInProvidersTable {
  id: SignInProviderId
  workspace_id: WorkspaceId
  label: string
  issuer: string
  client_id: string
  sealed_client_secret: Buffer
  email_domains: string[]
  emails_are_vouched_for: boolean
  may_create_persons: boolean
  set_by_owner: boolean
  created_at: Generated<Date>
  surface_app_id: SurfaceAppId | null
}

export interface SignInAttemptsTable {
  id: string
  provider_id: SignInProviderId
  state_hash: Buffer
  browser_hash: Buffer
  sealed_checks: Buffer
  return_to: string
  created_at: Generated<Date>
  expires_at: Date
  consumed_at: Date | null
}

export interface ConnectTiesTable {
  id: ConnectTieId
  workspace_id: WorkspaceId
  visit_id: ConnectVisitId
  token_hash: Buffer
  data_key_id: string
  code_hash: Buffer
  created_at: Generated<Date>
  tied_at: Date | null
}
