import type { ConnectionId, ProjectId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Environment } from '#database/tables.ts'
import type { ExportedProject, ExportedRecipe, RecipeOfFile } from './exported-recipe.ts'
import { loadRecipe, loadRecipeVersion } from './load-recipe.ts'
import { parentIdsOf } from './load-recipe-facts.ts'
import { callsIn } from './program.ts'
import type { RecipeDocument } from './recipe.ts'
import { mapCallSteps } from './steps-of-file.ts'
import { documentOfRow, selectRecipes } from './stored-recipe.ts'

/** A recipe's current version, or an earlier one, as a file for `importRecipe`. Throws `recipe_not_found`, `recipe_version_not_found`. */
export async function exportRecipe(
  db: Db,
  { version, ...ids }: { workspaceId: WorkspaceId; recipeId: RecipeId; version?: number | undefined },
): Promise<ExportedRecipe> {
  const recipe = await loadRecipe(db, ids)
  const document = version === undefined ? recipe.document : await loadRecipeVersion(db, recipe.id, version)
  return {
    format: 'behalf-recipe/1',
    recipe: withReferences(document, await loadReferences(db, ids.workspaceId, [document])),
  }
}

/** The recipes of a project's environment as one file for `importProject`, by name. */
export async function exportProject(
  db: Db,
  { workspaceId, projectId, environment }: { workspaceId: WorkspaceId; projectId: ProjectId; environment: Environment },
): Promise<ExportedProject> {
  const rows = await selectRecipes(db, workspaceId)
    .where('recipes.project_id', '=', projectId)
    .where('recipes.environment', '=', environment)
    .orderBy('recipes.name')
    .orderBy('recipes.id')
    .execute()
  const documents = rows.map(documentOfRow)
  const references = await loadReferences(db, workspaceId, documents)
  return { format: 'behalf-project/1', recipes: documents.map((document) => withReferences(document, references)) }
}

interface References {
  connections: Map<string, { connector: string; name: string }>
  functions: Map<string, string>
}

async function loadReferences(
  db: Db,
  workspaceId: WorkspaceId,
  documents: readonly RecipeDocument[],
): Promise<References> {
  const connections = await loadConnections(db, workspaceId, documents.flatMap(parentIdsOf))
  const called = documents.flatMap((document) => callsIn(document).map(({ recipe_id }) => recipe_id as RecipeId))
  return { connections, functions: await loadFunctionNames(db, workspaceId, called) }
}

async function loadConnections(
  db: Db,
  workspaceId: WorkspaceId,
  ids: readonly ConnectionId[],
): Promise<References['connections']> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('connections')
    .select(['id', 'connector', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .where('workspace_id', '=', workspaceId)
    .where('parent_id', 'is', null)
    .execute()
  return new Map(rows.map(({ id, connector, name }) => [id, { connector, name }]))
}

async function loadFunctionNames(
  db: Db,
  workspaceId: WorkspaceId,
  ids: readonly RecipeId[],
): Promise<References['functions']> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('recipes')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

function withReferences(document: RecipeDocument, references: References): RecipeOfFile {
  const connections = Object.entries(document.connections).map(([alias, { connector, connection_id, personal }]) => [
    alias,
    { connector, connection: references.connections.get(connection_id ?? '') ?? null, personal },
  ])
  const steps = mapCallSteps(document.steps, ({ recipe_id, connection_overrides, ...step }) => ({
    ...step,
    function: references.functions.get(String(recipe_id)) ?? null,
  }))
  return { ...document, connections: Object.fromEntries(connections), steps }
}
