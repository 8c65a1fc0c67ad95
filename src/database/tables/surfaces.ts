import type { Generated } from 'kysely'
import type { JobId, SurfaceAppId, SurfaceInstallationId, WorkspaceId } from '#core/ids.ts'
import type { Json } from './columns.ts'

export interface SurfaceAppsTable {
  id: SurfaceAppId
  workspace_id: WorkspaceId
  surface: string
  settings: Json
  secrets_kept: string[]
  sealed_secrets: Buffer
  version: Generated<number>
  created_at: Date
  changed_at: Date
}

export interface SurfaceInstallationsTable {
  id: SurfaceInstallationId
  workspace_id: WorkspaceId
  app_id: SurfaceAppId
  tenant: string
  label: string
  facts: Json
  sealed_credential: Buffer
  email_domains: Generated<string[]>
  allows_guests: Generated<boolean>
  allows_strangers: Generated<boolean>
  set_by_owner: boolean
  removed_at: Date | null
  installed_at: Date
}

export interface SurfaceEventsTable {
  id: string
  workspace_id: WorkspaceId
  app_id: SurfaceAppId
  delivery_key: string
  /** Empty where an older version wrote it. */
  sender: Generated<string>
  data_key_id: string
  sealed_body: Buffer | null
  received_at: Generated<Date>
}

export interface SurfaceMessagesTable {
  delivery_id: string
  workspace_id: WorkspaceId
  app_id: SurfaceAppId
  job_id: JobId | null
  kind: string
  data_key_id: string
  sealed_place: Buffer
  delivered_at: Date
}
