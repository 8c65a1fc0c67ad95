import type { PersonId, ProjectId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { documentOfRow, type RecipeWithDocument, recipeOfRow, selectRecipes } from './stored-recipe.ts'

/** The recipes of a workspace, newest first. `before` is the id of the last one of the page before. */
export async function listRecipes(
  db: Db,
  {
    workspaceId,
    projectId,
    before,
    limit,
  }: { workspaceId: WorkspaceId; projectId?: ProjectId; before?: RecipeId; limit: number },
): Promise<RecipeWithDocument[]> {
  let query = selectRecipes(db, workspaceId)
  if (projectId !== undefined) query = query.where('recipes.project_id', '=', projectId)
  // Ids of one kind sort by the time they were made.
  if (before !== undefined) query = query.where('recipes.id', '<', before)
  const rows = await query.orderBy('recipes.id', 'desc').limit(limit).execute()
  return rows.map((row) => ({ ...recipeOfRow(row), document: documentOfRow(row) }))
}

/** One entry of a recipe's history. */
export interface RecipeVersion {
  version: number
  comment: string | null
  createdAt: Date
  createdBy: { id: PersonId; name: string } | null
}

/** A recipe's versions, newest first. The caller has made sure of the workspace. */
export async function listRecipeVersions(db: Db, recipeId: RecipeId): Promise<RecipeVersion[]> {
  const rows = await db
    .selectFrom('recipe_versions')
    .leftJoin('persons', 'persons.id', 'recipe_versions.created_by')
    .select(['recipe_versions.version', 'recipe_versions.comment', 'recipe_versions.created_at'])
    .select(['persons.id as person_id', 'persons.name as person_name'])
    .where('recipe_versions.recipe_id', '=', recipeId)
    .orderBy('recipe_versions.version', 'desc')
    .execute()
  return rows.map((row) => ({
    version: row.version,
    comment: row.comment,
    createdAt: row.created_at,
    createdBy: row.person_id !== null && row.person_name !== null ? { id: row.person_id, name: row.person_name } : null,
  }))
}
