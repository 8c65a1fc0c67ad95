import type { ProjectId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import type { Environment } from '#database/tables.ts'
import { createRecipe, type NewRecipe } from './create-recipe.ts'
import { ExportedRecipe } from './exported-recipe.ts'
import { findJsonProblem } from './plain-json.ts'
import { recipeInvalid } from './problem.ts'
import { schemaProblems } from './schema-problems.ts'
import type { RecipeWithDocument } from './stored-recipe.ts'

/**
 * Makes a stopped recipe from a file. A connection is the one of the same connector and name in the target project and environment;
 * where there is none, or more than one, it is left to be chosen. Ids in a file are refused, switches are subject to `approve`.
 * Throws `recipe_invalid` for a file that is none of ours, and as `createRecipe`.
 */
export async function importRecipe(
  db: Db,
  { file, ...recipe }: NewRecipe & { file: unknown },
): Promise<RecipeWithDocument> {
  const { recipe: exported } = readFile(file)
  return inTransaction(db, async (tx) => {
    const connections: Record<string, unknown> = {}
    for (const [alias, { connector, connection, personal }] of Object.entries(exported.connections)) {
      const connection_id =
        connection?.connector === connector ? await findParent(tx, recipe, connector, connection.name) : null
      connections[alias] = { connector, connection_id, personal }
    }
    return createRecipe(tx, { ...recipe, document: { ...exported, connections } })
  })
}

function readFile(file: unknown): ExportedRecipe {
  const unfit = findJsonProblem(file)
  if (unfit !== undefined) throw recipeInvalid([unfit])
  const result = ExportedRecipe.safeParse(file)
  if (result.success) return result.data
  throw recipeInvalid(schemaProblems(result.error.issues, 'file_malformed'))
}

async function findParent(
  tx: Db,
  { workspaceId, projectId, environment }: { workspaceId: WorkspaceId; projectId: ProjectId; environment: Environment },
  connector: string,
  name: string,
): Promise<string | null> {
  const rows = await tx
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('project_id', '=', projectId)
    .where('environment', '=', environment)
    .where('connector', '=', connector)
    .where('name', '=', name)
    .where('parent_id', 'is', null)
    .where('deleted_at', 'is', null)
    .limit(2)
    .execute()
  return rows.length === 1 ? (rows[0]?.id ?? null) : null
}
