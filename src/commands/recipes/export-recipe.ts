import type { ProjectId, RecipeId } from '#core/ids.ts'
import type { Environment } from '#database/tables.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { requireProject } from '#recipes/create-recipe.ts'
import { exportRecipe as write, exportProject as writeAll } from '#recipes/export-recipe.ts'
import type { ExportedProject, ExportedRecipe } from '#recipes/exported-recipe.ts'
import type { CommandsContext } from '../context.ts'

export { recipeJsonSchema } from '#recipes/parse-recipe.ts'

/** A recipe as one file, without secrets, ids or anybody's own connection. Needs View recipes. Refuses `recipe_not_found`. */
export async function exportRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<ExportedRecipe> {
  requirePrivilege(actor, 'recipes.view')
  return ctx.db.transaction().execute(async (tx) => {
    const file = await write(tx, { workspaceId: workspaceOf(actor), recipeId })
    await recordAudit(tx, actor, { action: 'recipe.exported', targetId: recipeId })
    return file
  })
}

/** The recipes of a project's environment as one file; as `exportRecipe`. Needs View recipes. Refuses `project_not_found`. */
export async function exportProject(
  ctx: CommandsContext,
  actor: Actor,
  { projectId, environment }: { projectId: ProjectId; environment: Environment },
): Promise<ExportedProject> {
  requirePrivilege(actor, 'recipes.view')
  const place = { workspaceId: workspaceOf(actor), projectId, environment }
  return ctx.db.transaction().execute(async (tx) => {
    await requireProject(tx, place)
    const file = await writeAll(tx, place)
    await recordAudit(tx, actor, { action: 'recipe.exported', targetId: projectId, details: { environment } })
    return file
  })
}
