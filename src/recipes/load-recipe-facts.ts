import { sql } from 'kysely'
import type { Connector, ConnectorRegistry } from '#connectors/connector.ts'
import type { Clock } from '#core/clock.ts'
import type { ConnectionId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { commandsRun } from './commands-run.ts'
import type { ExpressionsContext } from './expressions/expressions.ts'
import { expressionsIn } from './expressions/expressions-in.ts'
import { callsIn, loadProgram } from './program.ts'
import type { RecipeDocument } from './recipe.ts'
import type { Mapping, Parameter } from './step.ts'
import { documentOfRow, type Recipe, selectRecipes } from './stored-recipe.ts'
import type { ParentFacts, RecipeFacts } from './validation/recipe-facts.ts'

/** What the functions that validate need: the database, or a transaction on it, every connector, and who reads expressions. */
export interface RecipeDependencies extends ExpressionsContext {
  db: Db
  connectors: ConnectorRegistry
}

/** What putting a version in force needs besides: a schedule counts from now. */
export interface StartDependencies extends RecipeDependencies {
  clock: Clock
}

/** The facts to validate a recipe's document with, as they are now. */
export async function loadRecipeFacts(
  { db, connectors, expressions }: RecipeDependencies,
  recipe: Pick<Recipe, 'id' | 'workspaceId' | 'projectId' | 'environment'>,
  document: RecipeDocument,
): Promise<RecipeFacts> {
  const main = { id: recipe.id, name: document.name, version: 0, document }
  return {
    recipeId: recipe.id,
    functions: (await loadProgram(db, main)).functions,
    overrides: await loadOverrides(db, recipe.workspaceId, document),
    projectId: recipe.projectId,
    environment: recipe.environment,
    connectors,
    parents: await loadParents({ db, connectors }, recipe.workspaceId, document),
    expressions: await expressions.read(expressionsIn(document.steps as Mapping, 'steps').map(({ source }) => source)),
    takenCommands: await loadTakenCommand(db, recipe, document),
    commands: await loadCommands(db, recipe.workspaceId, document),
  }
}

/** The connections that a document names for functions, as far as they are the workspace's. */
async function loadOverrides(
  db: Db,
  workspaceId: WorkspaceId,
  document: RecipeDocument,
): Promise<RecipeFacts['overrides']> {
  const ids = callsIn(document).flatMap(({ connection_overrides }) => Object.values(connection_overrides))
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('connections')
    .select(['id', 'parent_id as parentId', 'person_id as personId'])
    .where('id', 'in', ids as ConnectionId[])
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .execute()
  return new Map(rows.map(({ id, ...whose }) => [id, whose]))
}

/** The ids of parents that a document names. */
export function parentIdsOf(document: RecipeDocument): ConnectionId[] {
  return Object.values(document.connections).flatMap(({ connection_id }) =>
    connection_id === null ? [] : [connection_id as ConnectionId],
  )
}

/**
 * Keeps the parents that documents name from being deleted until the transaction ends, so that no recipe is started on a parent
 * that is going. Taken before the recipe's own lock, in the order in which deleting a parent takes both.
 */
export async function lockParents(db: Db, workspaceId: WorkspaceId, ...documents: RecipeDocument[]): Promise<void> {
  const ids = documents.flatMap(parentIdsOf)
  if (ids.length === 0) return
  await db
    .selectFrom('connections')
    .select('id')
    .where('id', 'in', ids)
    .where('workspace_id', '=', workspaceId)
    .orderBy('id')
    .forShare()
    .execute()
}

async function loadParents(
  { db, connectors }: Pick<RecipeDependencies, 'db' | 'connectors'>,
  workspaceId: WorkspaceId,
  document: RecipeDocument,
): Promise<Map<string, ParentFacts>> {
  const ids = parentIdsOf(document)
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('connections')
    .select(['id', 'name', 'connector', 'project_id', 'environment', 'status', 'deleted_at'])
    .select(['settings', 'personal_form'])
    .where('id', 'in', ids)
    .where('workspace_id', '=', workspaceId)
    // A child is nobody's to choose: to a recipe it does not exist.
    .where('parent_id', 'is', null)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        connector: row.connector,
        projectId: row.project_id,
        environment: row.environment,
        status: row.status,
        deleted: row.deleted_at !== null,
        personal: whetherPersonal(connectors.get(row.connector), row),
      },
    ]),
  )
}

function whetherPersonal(
  connector: Connector | undefined,
  parent: { settings: Record<string, unknown>; personal_form: boolean; deleted_at: Date | null },
): ParentFacts['personal'] {
  if (!connector?.personal) return 'impossible'
  // why: a deleted parent's settings may be erased.
  if (parent.deleted_at !== null || connector.authentication(parent.settings).kind === 'oauth2') return 'possible'
  return parent.personal_form ? 'possible' : 'form_not_allowed'
}

/** Of all commands only the document's own is of interest. */
async function loadTakenCommand(
  db: Db,
  { id, workspaceId }: { id: RecipeId; workspaceId: WorkspaceId },
  { trigger }: RecipeDocument,
): Promise<Set<string>> {
  if (trigger.kind !== 'command') return new Set()
  const rows = await db
    .selectFrom('recipe_triggers')
    .select('key')
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', 'command')
    .where('key', '=', trigger.command)
    .where('recipe_id', '<>', id)
    .execute()
  return new Set(rows.map(({ key }) => key))
}

async function loadCommands(
  db: Db,
  workspaceId: WorkspaceId,
  document: RecipeDocument,
): Promise<RecipeFacts['commands']> {
  const words = commandsRun(document).map(({ command }) => command)
  if (words.length === 0) return new Map()
  const rows = await selectRecipes(db, workspaceId)
    .where(sql<string>`recipe_versions.document #>> '{trigger,command}'`, 'in', [...new Set(words)])
    .execute()
  const commands = new Map<string, Parameter[][]>()
  for (const { trigger } of rows.map(documentOfRow))
    if (trigger.kind === 'command')
      commands.set(trigger.command, [...(commands.get(trigger.command) ?? []), trigger.parameters])
  return commands
}
