import type { Generated, JSONColumnType } from 'kysely'
import type { ConnectionId, JobId, PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { NullableJson } from './columns.ts'

export interface JobsTable {
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
  masked: Generated<boolean>
  surface: string
  sealed_address: Buffer | null
  delivery_source: string | null
  delivery_key: string | null
  request_hash: Buffer | null
  fence: Generated<string>
  holder: string | null
  watched: Generated<boolean>
  waited: Generated<boolean>
  functions: JSONColumnType<Record<string, number> | null, string | null, string | null>
  not_before: Date | null
  delegator_id: PersonId | null
  shared_until: Date | null
  data_key_id: string
  sealed_input: Buffer | null
  input_shape: NullableJson
  sealed_result: Buffer | null
  sealed_error: Buffer | null
  error_code: string | null
  created_at: Generated<Date>
  started_at: Date | null
  finished_at: Date | null
  purged_at: Date | null
  slots: string[] | null
  held: Generated<boolean>
  traceparent: string | null
}

export interface JobStepsTable {
  job_id: JobId
  step: string
  kind: string | null
  masked: Generated<boolean>
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

export interface WaitsTable {
  job_id: JobId
  kind: 'connection' | 'answer' | 'delegation'
  key: string
  step: string | null
  expires_at: Date
  on_lapse: Generated<'end' | 'go_on'>
}

export interface OutboxTable {
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

export interface EmailsTable {
  id: string
  workspace_id: WorkspaceId
  person_id: PersonId
  subject: string
  body: string
  status: Generated<'pending' | 'sent' | 'given_up'>
  attempts: Generated<number>
  next_at: Generated<Date>
  created_at: Generated<Date>
}

export interface WorkerPoolsTable {
  id: string
  process: string
  seen_at: Generated<Date>
}
