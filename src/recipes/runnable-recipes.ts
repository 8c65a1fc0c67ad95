import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import type { Trigger } from './recipe.ts'
import { documentOfRow, type RecipeWithDocument, recipeOfRow } from './stored-recipe.ts'

/**
 * Whether a recipe is shared with a person: with everyone of its workspace, with them, or with a group of theirs.
 * Says nothing of the person's role or status, nor of whether the recipe is started. False for a deleted recipe or another workspace's.
 */
export async function mayRun(
  db: Db,
  { personId, recipeId }: { personId: PersonId; recipeId: RecipeId },
): Promise<boolean> {
  const row = await db
    .selectFrom('recipes')
    .innerJoin('persons', 'persons.workspace_id', 'recipes.workspace_id')
    .select('recipes.id')
    .where('recipes.id', '=', recipeId)
    .where('recipes.deleted_at', 'is', null)
    .where('persons.id', '=', personId)
    .where((eb) => isSharedWith(eb, personId))
    .executeTakeFirst()
  return row !== undefined
}

/** The started recipes that are shared with a person and that a person can invoke: by command, form, skill or API; by name. */
export async function listRunnableRecipes(
  db: Db,
  { workspaceId, personId }: { workspaceId: WorkspaceId; personId: PersonId },
): Promise<RecipeWithDocument[]> {
  const rows = await startedRecipes(db, workspaceId)
    .where('recipe_triggers.kind', 'in', ['command', 'form', 'skill', 'api'])
    .where((eb) => isSharedWith(eb, personId))
    .orderBy('recipes.name')
    .orderBy('recipes.id')
    .execute()
  return rows.map((row) => ({ ...recipeOfRow(row), document: documentOfRow(row) }))
}

/** Of these the ones with a command, as chat lists them; by command. */
export async function listRunnableCommands(
  db: Db,
  person: { workspaceId: WorkspaceId; personId: PersonId },
): Promise<(RecipeWithDocument & { trigger: Extract<Trigger, { kind: 'command' }> })[]> {
  const recipes = await listRunnableRecipes(db, person)
  return recipes
    .flatMap((recipe) => {
      const { trigger } = recipe.document
      return trigger.kind === 'command' ? [{ ...recipe, trigger }] : []
    })
    .sort((a, b) => (a.trigger.command < b.trigger.command ? -1 : 1))
}

/** The stopped recipes with a command that are shared with a person: for telling them why it is not there. */
export async function listStoppedCommands(
  db: Db,
  { workspaceId, personId }: { workspaceId: WorkspaceId; personId: PersonId },
): Promise<{ name: string; command: string; reason: string | null }[]> {
  return db
    .selectFrom('recipes')
    .innerJoin('recipe_versions', (join) =>
      join
        .onRef('recipe_versions.recipe_id', '=', 'recipes.id')
        .onRef('recipe_versions.version', '=', 'recipes.version'),
    )
    .select(['recipes.name', 'recipes.stopped_reason as reason'])
    .select(sql<string>`recipe_versions.document #>> '{trigger,command}'`.as('command'))
    .where('recipes.workspace_id', '=', workspaceId)
    .where('recipes.status', '=', 'stopped')
    .where('recipes.deleted_at', 'is', null)
    .where(sql<boolean>`recipe_versions.document #>> '{trigger,kind}' = 'command'`)
    .where((eb) => isSharedWith(eb, personId))
    .orderBy('recipes.name')
    .execute()
}

/**
 * The started recipe with exactly this command, in whatever case and spacing it was typed. Whether the person may run it
 * is another question (`mayRun`).
 */
export async function findCommand(
  db: Db,
  workspaceId: WorkspaceId,
  words: string,
): Promise<RecipeWithDocument | undefined> {
  const row = await startedRecipes(db, workspaceId)
    .where('recipe_triggers.kind', '=', 'command')
    .where('recipe_triggers.key', '=', words.trim().toLowerCase().split(/\s+/).join(' '))
    .executeTakeFirst()
  return row === undefined ? undefined : { ...recipeOfRow(row), document: documentOfRow(row) }
}

/** The started recipes that have these commands, by command. */
export async function findCommandIds(
  db: Db,
  workspaceId: WorkspaceId,
  commands: readonly string[],
): Promise<ReadonlyMap<string, RecipeId>> {
  const rows = await db
    .selectFrom('recipe_triggers')
    .innerJoin('recipes', 'recipes.id', 'recipe_triggers.recipe_id')
    .select(['recipes.id', 'recipe_triggers.key'])
    .where('recipe_triggers.workspace_id', '=', workspaceId)
    .where('recipe_triggers.kind', '=', 'command')
    .where('recipe_triggers.key', 'in', commands)
    .where('recipes.status', '=', 'started')
    .execute()
  return new Map(rows.map(({ id, key }) => [key, id]))
}

function startedRecipes(db: Db, workspaceId: WorkspaceId) {
  return db
    .selectFrom('recipe_triggers')
    .innerJoin('recipes', 'recipes.id', 'recipe_triggers.recipe_id')
    .innerJoin('recipe_versions', (join) =>
      join
        .onRef('recipe_versions.recipe_id', '=', 'recipes.id')
        .onRef('recipe_versions.version', '=', 'recipes.version'),
    )
    .selectAll('recipes')
    .select('recipe_versions.document')
    .where('recipe_triggers.workspace_id', '=', workspaceId)
    .where('recipes.status', '=', 'started')
    .where('recipes.deleted_at', 'is', null)
}

/** Shared with everyone, with the person, or with a group of theirs. */
function isSharedWith(eb: ExpressionBuilder<Tables, 'recipes'>, personId: PersonId): Expression<SqlBool> {
  const runner = eb
    .selectFrom('recipe_runners')
    .leftJoin('group_members', (join) =>
      join.onRef('group_members.group_id', '=', 'recipe_runners.group_id').on('group_members.person_id', '=', personId),
    )
    .select('recipe_runners.recipe_id')
    .whereRef('recipe_runners.recipe_id', '=', 'recipes.id')
    .where((inner) =>
      inner.or([inner('recipe_runners.person_id', '=', personId), inner('group_members.person_id', 'is not', null)]),
    )
  return eb.or([eb('recipes.shared_with_everyone', '=', true), eb.exists(runner)])
}
