import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { RecipeUse } from '#connections/standing.ts'
import type { ConnectionId, PersonId, RecipeId } from '#core/ids.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadProgram, type Program } from '#recipes/program.ts'
import { documentOfRow } from '#recipes/stored-recipe.ts'
import type { AskingContext } from './context.ts'

/** A recipe that a person is asked to let use one connection of theirs. */
export interface WaitingRecipe extends RecipeUse {
  name: string
}

const SHOWN_AT_ONCE = 50

/**
 * The recipes of this person that wait for this parent, with all they may do: as their waiting jobs began, and as they stand now. `own`
 * comes first, waiting or not.
 */
export async function findWaitingRecipes(
  ctx: AskingContext,
  { personId, parentId, own }: { personId: PersonId; parentId: ConnectionId; own: RunningVersion | null },
): Promise<WaitingRecipe[]> {
  const waiting = await ctx.db
    .selectFrom('waits')
    .innerJoin('jobs', 'jobs.id', 'waits.job_id')
    .select(['jobs.recipe_id as recipeId', 'jobs.recipe_version as version', 'jobs.functions'])
    .distinct()
    .where('waits.kind', '=', 'connection')
    .where('waits.key', '=', parentId)
    .where('jobs.person_id', '=', personId)
    .where('jobs.status', '=', sql.lit('waiting_for_connection' as const))
    .orderBy('jobs.recipe_id')
    .limit(SHOWN_AT_ONCE)
    .execute()
  const all = own ? [own, ...waiting] : waiting
  const ids = [...new Set(all.map(({ recipeId }) => recipeId))]
  const programs = await loadPrograms(ctx, all)
  return ids.flatMap((recipeId) => {
    const versions = programs.filter(({ main }) => main.id === recipeId)
    const footprint = versions.flatMap((program) => footprintOf(program, ctx.connectors))
    const name = versions[0]?.main.name
    return name === undefined ? [] : [{ recipeId, name, footprint: [...new Set(footprint)].sort() }]
  })
}

interface RunningVersion {
  recipeId: RecipeId
  version: number
  /** The versions of the functions it calls, as its job noted them. */
  functions: Record<string, number> | null
}

/** Each as its jobs run it, and as it stands now. */
async function loadPrograms(ctx: AskingContext, versions: RunningVersion[]): Promise<Program[]> {
  const rows = (await loadVersions(ctx, versions)).map((row) => ({ ...row, document: documentOfRow(row) }))
  const programs: Program[] = []
  for (const row of rows) {
    const running = versions.filter(({ recipeId, version }) => recipeId === row.id && version === row.version)
    for (const { functions } of running) programs.push(await loadProgram(ctx.db, row, functions ?? {}))
    if (row.version === row.current) programs.push(await loadProgram(ctx.db, row))
  }
  return programs
}

/** The documents of these versions, and of the versions in force of their recipes. */
async function loadVersions({ db }: AskingContext, versions: RunningVersion[]) {
  if (versions.length === 0) return []
  return db
    .selectFrom('recipes')
    .innerJoin('recipe_versions', 'recipe_versions.recipe_id', 'recipes.id')
    .select(['recipes.id', 'recipes.name', 'recipes.version as current'])
    .select(['recipe_versions.version', 'recipe_versions.document'])
    .where((where) =>
      where.or(
        versions.map(({ recipeId, version }) =>
          where.and([
            where('recipes.id', '=', recipeId),
            where.or([
              where('recipe_versions.version', '=', version),
              where('recipe_versions.version', '=', where.ref('recipes.version')),
            ]),
          ]),
        ),
      ),
    )
    .execute()
}

/**
 * What a ticked box sends: the recipe, and a digest of all it was shown to do. When the recipe has grown since, the box no longer fits, and
 * gives no leave.
 */
export function tickOf({ recipeId, footprint }: RecipeUse): string {
  return `${recipeId}.${createHash('sha256').update(JSON.stringify(footprint)).digest('base64url').slice(0, 22)}`
}
