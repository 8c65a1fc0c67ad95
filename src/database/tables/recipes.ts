import type { Generated } from 'kysely'
import type { ConnectionId, GroupId, PersonId, ProjectId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Environment, Json } from './columns.ts'

export interface RecipesTable {
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
  started_at: Date | null
  at_once: number | null
}

export interface RecipeVersionsTable {
  recipe_id: RecipeId
  version: number
  document: Json
  comment: string | null
  created_by: PersonId | null
  created_at: Generated<Date>
}

export interface RecipeTriggersTable {
  recipe_id: RecipeId
  workspace_id: WorkspaceId
  kind: 'command' | 'form' | 'skill' | 'api' | 'function' | 'webhook' | 'schedule'
  key: string
}

export interface RecipeRunnersTable {
  recipe_id: RecipeId
  person_id: PersonId | null
  group_id: GroupId | null
}

export interface RecipeConnectionsTable {
  recipe_id: RecipeId
  connection_id: ConnectionId
  personal: boolean
}

export interface SchedulesTable {
  recipe_id: RecipeId
  workspace_id: WorkspaceId
  cron: string
  time_zone: string
  catch_up: 'none' | 'latest' | 'all'
  next_at: Date
}
