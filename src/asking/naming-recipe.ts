import type { RecipeUse } from '#connections/standing.ts'
import type { ConnectionId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { namedIn } from '#recipes/delegations-needed.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadProgram } from '#recipes/program.ts'
import { documentOfRow, type Recipe, recipeOfRow, selectRecipes } from '#recipes/stored-recipe.ts'
import type { AskingContext } from './context.ts'

/** A recipe as it stands now, with all it may do and the connections it names for functions. */
export interface NamingRecipe extends Recipe {
  use: RecipeUse
  named: ConnectionId[]
}

/** Undefined for a recipe that is gone. */
export async function findNamingRecipe(
  ctx: Pick<AskingContext, 'connectors'>,
  db: Db,
  { workspaceId, recipeId }: { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<NamingRecipe | undefined> {
  const row = await selectRecipes(db, workspaceId).where('recipes.id', '=', recipeId).executeTakeFirst()
  if (!row) return undefined
  const document = documentOfRow(row)
  const program = await loadProgram(db, { ...row, document })
  const use = { recipeId, footprint: footprintOf(program, ctx.connectors), by: 'delegation' as const }
  return { ...recipeOfRow(row), use, named: namedIn(document) }
}
