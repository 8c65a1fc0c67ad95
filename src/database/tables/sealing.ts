import type { Generated } from 'kysely'
import type { WorkspaceId } from '#core/ids.ts'

export interface SealingKeysTable {
  version: number
  fingerprint: string
  first_used_at: Generated<Date>
  sealing_since: Date | null
  done_at: Date | null
  taken_out_at: Date | null
  lost_at: Date | null
  total: Generated<string>
  rewrapped: Generated<string>
  pass_place: Generated<number>
  pass_after: Generated<string>
  pass_found: Generated<boolean>
  pass_began_at: Date | null
}

export interface SealingKeyHoldersTable {
  process_id: string
  holds: number
  seals_with: number
  seen_at: Generated<Date>
}

export interface DataKeysTable {
  id: string
  workspace_id: WorkspaceId
  day: string
  wrapped: Buffer
}
