import type { ProjectId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Environment } from '#database/tables.ts'
import type { RecipeOfFile } from './exported-recipe.ts'
import type { RecipeDocument } from './recipe.ts'
import type { CallStep } from './step.ts'
import { stepsInOrder } from './steps.ts'
import { mapCallSteps } from './steps-of-file.ts'
import { documentOfRow, selectRecipes } from './stored-recipe.ts'

/** Where names are looked up. */
export interface Place {
  workspaceId: WorkspaceId
  projectId: ProjectId
  environment: Environment
}

/** What names of a file may stand for in a place. */
export interface Candidates {
  connections: readonly { id: string; connector: string; name: string }[]
  functions: readonly { id: string; name: string }[]
}

/** The parent connections and the functions of a place, by the names that the files hold. */
export async function loadCandidates(db: Db, place: Place, recipes: readonly RecipeOfFile[]): Promise<Candidates> {
  return {
    connections: await loadParents(db, place, recipes.flatMap(connectionsNamed)),
    functions: await loadFunctions(db, place, recipes.flatMap(functionsNamed)),
  }
}

/**
 * A file's recipe as a document of a place. A connection is the one of the same connector and name there, a call's function the one of that
 * name; where there is none, or more than one, it is left to be chosen. Of several, the one that `current`, the recipe's present version,
 * uses in the same place stays; so do the connections that its calls of the same functions name, which no file holds.
 */
export function resolveReferences(
  recipe: RecipeOfFile,
  candidates: Candidates,
  current: RecipeDocument | null = null,
): Record<string, unknown> {
  const connections = Object.entries(recipe.connections).map(([alias, { connector, connection, personal }]) => {
    const ids = candidates.connections
      .filter((each) => connection?.connector === connector && each.connector === connector)
      .flatMap(({ id, name }) => (name === connection?.name ? [id] : []))
    return [alias, { connector, connection_id: choose(ids, current?.connections[alias]?.connection_id), personal }]
  })
  const calls = current === null ? new Map() : callsByName(current)
  const steps = mapCallSteps(recipe.steps, ({ function: wanted, ...step }) => {
    const before: CallStep | undefined = calls.get(step.name)
    const ids = candidates.functions.flatMap(({ id, name }) => (name === wanted ? [id] : []))
    const recipe_id = choose(ids, before?.recipe_id)
    const kept = recipe_id !== null && before?.recipe_id === recipe_id ? before.connection_overrides : {}
    return { ...step, recipe_id, connection_overrides: kept }
  })
  return { ...recipe, connections: Object.fromEntries(connections), steps }
}

/** The functions that a file's calls name. */
function functionsNamed({ steps }: RecipeOfFile): string[] {
  const names: string[] = []
  mapCallSteps(steps, (step) => {
    if (typeof step.function === 'string') names.push(step.function)
    return step
  })
  return names
}

const choose = (ids: readonly string[], current: string | null | undefined): string | null =>
  ids.find((id) => id === current) ?? (ids.length === 1 ? (ids[0] ?? null) : null)

const callsByName = (document: RecipeDocument): Map<unknown, CallStep> =>
  new Map(stepsInOrder(document).flatMap(({ step }) => (step.kind === 'call' ? [[step.name, step]] : [])))

const connectionsNamed = ({ connections }: RecipeOfFile): string[] =>
  Object.values(connections).flatMap(({ connection }) => connection?.name ?? [])

async function loadParents(db: Db, { workspaceId, projectId, environment }: Place, names: readonly string[]) {
  if (names.length === 0) return []
  return db
    .selectFrom('connections')
    .select(['id', 'connector', 'name'])
    .where('workspace_id', '=', workspaceId)
    .where('project_id', '=', projectId)
    .where('environment', '=', environment)
    .where('name', 'in', [...new Set(names)])
    .where('parent_id', 'is', null)
    .where('deleted_at', 'is', null)
    .execute()
}

async function loadFunctions(db: Db, { workspaceId, projectId, environment }: Place, names: readonly string[]) {
  if (names.length === 0) return []
  const rows = await selectRecipes(db, workspaceId)
    .where('recipes.project_id', '=', projectId)
    .where('recipes.environment', '=', environment)
    .where('recipes.name', 'in', [...new Set(names)])
    .execute()
  return rows.flatMap((row): { id: RecipeId; name: string }[] =>
    documentOfRow(row).trigger.kind === 'function' ? [{ id: row.id, name: row.name }] : [],
  )
}
