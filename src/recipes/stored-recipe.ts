import type { Selectable } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { PersonId, ProjectId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Environment, Tables } from '#database/tables.ts'
import type { RecipeDocument } from './recipe.ts'

/** A recipe as it is kept, with its current version's number but without its document. */
export interface Recipe {
  id: RecipeId
  workspaceId: WorkspaceId
  projectId: ProjectId
  environment: Environment
  /** Of the current version's document. */
  name: string
  status: 'stopped' | 'started'
  /** Why it is stopped, when it was not a person who stopped it. */
  stoppedReason: string | null
  version: number
  sharedWithEveryone: boolean
  createdBy: PersonId | null
  createdAt: Date
}

/** A recipe with the document of its current version. */
export interface RecipeWithDocument extends Recipe {
  document: RecipeDocument
}

type RecipeRow = Selectable<Tables['recipes']>

export function recipeOfRow(row: Omit<RecipeRow, 'deleted_at'>): Recipe {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    projectId: row.project_id,
    environment: row.environment,
    name: row.name,
    status: row.status,
    stoppedReason: row.stopped_reason,
    version: row.version,
    sharedWithEveryone: row.shared_with_everyone,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}

/** The recipes of a workspace that are not deleted, each with the document of its current version. */
export const selectRecipes = (db: Db, workspaceId: WorkspaceId) =>
  db
    .selectFrom('recipes')
    .innerJoin('recipe_versions', (join) =>
      join
        .onRef('recipe_versions.recipe_id', '=', 'recipes.id')
        .onRef('recipe_versions.version', '=', 'recipes.version'),
    )
    .selectAll('recipes')
    .select('recipe_versions.document')
    .where('recipes.workspace_id', '=', workspaceId)
    .where('recipes.deleted_at', 'is', null)

/** Documents are only ever written after `parseRecipe`, so that what is read needs no parsing: a job reads one each time. */
export function documentOfRow(row: { document: Record<string, unknown> }): RecipeDocument {
  return row.document as RecipeDocument
}

export function recipeNotFound(recipeId: string): UserError {
  return new UserError('recipe_not_found', 'There is no such recipe.', { status: 404, details: { recipeId } })
}
