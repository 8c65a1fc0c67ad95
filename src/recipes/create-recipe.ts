import { UserError } from '#core/errors.ts'
import { newId, type PersonId, type ProjectId, type RecipeId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import type { Environment } from '#database/tables.ts'
import { type ApproveChange, askApproval } from './approve-change.ts'
import { loadRecipe } from './load-recipe.ts'
import { parseRecipe } from './parse-recipe.ts'
import type { RecipeWithDocument } from './stored-recipe.ts'
import { writeVersion } from './write-version.ts'

/** Where a recipe is to live and who makes it. */
export interface NewRecipe {
  workspaceId: WorkspaceId
  projectId: ProjectId
  environment: Environment
  /** Null when an API key makes it. */
  personId: PersonId | null
  comment?: string | null
  /** Its id, when others that are made with it must know it before. */
  recipeId?: RecipeId
  approve: ApproveChange
}

/**
 * Makes a recipe, stopped and shared with nobody, with `document` as its version 1. It need not be ready to start.
 * Throws `recipe_invalid` for problems of shape or an unknown connection, `project_not_found`, and what `approve` throws.
 */
export async function createRecipe(
  db: Db,
  { document: json, ...recipe }: NewRecipe & { document: unknown },
): Promise<RecipeWithDocument> {
  const document = parseRecipe(json)
  return inTransaction(db, async (tx) => {
    await requireProject(tx, recipe)
    await askApproval(recipe.approve, null, document)
    const recipeId = recipe.recipeId ?? newId('recipe')
    const { workspaceId, personId } = recipe
    await tx
      .insertInto('recipes')
      .values({
        id: recipeId,
        workspace_id: workspaceId,
        project_id: recipe.projectId,
        environment: recipe.environment,
        name: document.name,
        version: 1,
        created_by: personId,
      })
      .execute()
    await writeVersion(tx, { recipeId, workspaceId, version: 1, document, comment: recipe.comment ?? null, personId })
    return loadRecipe(tx, { workspaceId, recipeId })
  })
}

/** Throws `project_not_found`. */
export async function requireProject(
  tx: Db,
  { workspaceId, projectId }: Pick<NewRecipe, 'workspaceId' | 'projectId'>,
): Promise<void> {
  const project = await tx
    .selectFrom('projects')
    .select('id')
    .where('id', '=', projectId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (project === undefined) throw new UserError('project_not_found', 'There is no such project.', { status: 404 })
}
