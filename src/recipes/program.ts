import type { RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { RecipeDocument } from './recipe.ts'
import type { CallStep } from './step.ts'
import { stepsInOrder } from './steps.ts'
import { documentOfRow } from './stored-recipe.ts'

/** A recipe in one of its versions. */
export interface Part {
  id: RecipeId
  name: string
  version: number
  document: RecipeDocument
}

/** A recipe with every function it may call, directly or through others, each in one version: what a job runs from its first step to its last. */
export interface Program {
  main: Part
  functions: ReadonlyMap<string, CalledPart>
}

/** A function as it is called. */
export interface CalledPart extends Part {
  /** Whether it may be called now. */
  isStarted: boolean
}

/** How deep functions may call one another: the recipe itself is not counted. */
export const MAX_CALLS_WITHIN = 10

/** The steps of a recipe that call a function which was chosen. */
export function callsIn(document: Pick<RecipeDocument, 'steps'>): (CallStep & { recipe_id: string })[] {
  return stepsInOrder(document).flatMap(({ step }) =>
    step.kind === 'call' && step.recipe_id !== null ? [{ ...step, recipe_id: step.recipe_id }] : [],
  )
}

/**
 * A recipe with the functions it may call, in their current versions, or in those that a job noted when it was recorded. Functions that are
 * gone are left out; so is what lies more than one call deeper than functions may call one another, which `findTooDeep` refuses. The caller
 * has made sure of the workspace of `main`.
 */
export async function loadProgram(
  db: Db,
  main: Part,
  versions: Readonly<Record<string, number>> | null = null,
): Promise<Program> {
  const functions = new Map<string, CalledPart>()
  let wanted = callsIn(main.document).map(({ recipe_id }) => recipe_id)
  for (let depth = 0; wanted.length > 0 && depth <= MAX_CALLS_WITHIN; depth++) {
    const found = await loadFunctions(db, main.id, wanted, versions)
    for (const part of found) functions.set(part.id, part)
    const called = found.flatMap(({ document }) => callsIn(document).map(({ recipe_id }) => recipe_id))
    wanted = [...new Set(called)].filter((id) => !functions.has(id) && id !== main.id)
  }
  return { main, functions }
}

async function loadFunctions(
  db: Db,
  caller: RecipeId,
  ids: readonly string[],
  versions: Readonly<Record<string, number>> | null,
): Promise<CalledPart[]> {
  const rows = await db
    .selectFrom('recipes as caller')
    // why: a function of another workspace or project, by an id that somebody knows, does not exist here.
    .innerJoin('recipes', (join) =>
      join
        .onRef('recipes.workspace_id', '=', 'caller.workspace_id')
        .onRef('recipes.project_id', '=', 'caller.project_id')
        .onRef('recipes.environment', '=', 'caller.environment'),
    )
    .innerJoin('recipe_versions', 'recipe_versions.recipe_id', 'recipes.id')
    .select(['recipes.id', 'recipes.name', 'recipes.status', 'recipes.deleted_at', 'recipes.version as current'])
    .select(['recipe_versions.version', 'recipe_versions.document'])
    .where('caller.id', '=', caller)
    .where('recipes.id', 'in', ids as RecipeId[])
    .where(({ or, eb, and }) =>
      or([
        ...Object.entries(versions ?? {}).map(([id, version]) =>
          and([eb('recipes.id', '=', id as RecipeId), eb('recipe_versions.version', '=', version)]),
        ),
        ...(versions ? [] : [eb('recipe_versions.version', '=', eb.ref('recipes.version'))]),
      ]),
    )
    .execute()
  return rows.flatMap((row) => {
    const document = documentOfRow(row)
    if (document.trigger.kind !== 'function') return []
    const isStarted = row.status === 'started' && row.deleted_at === null
    return [{ id: row.id, name: row.name, version: row.version, document, isStarted }]
  })
}

/** The version of each function of a program: what a job notes, so that it runs the same to its end. Null when there is none. */
export function versionsOf({ functions }: Program): Record<string, number> | null {
  if (functions.size === 0) return null
  return Object.fromEntries([...functions.values()].map(({ id, version }) => [id, version]))
}

/** The parts that run within one job, the recipe itself first: functions that run as jobs of their own are left out. */
export const partsOf = (program: Program): Part[] => partsReached(program, ({ wait }) => wait)

/** Every part that what one job is given and reads may come to, the recipe itself first. */
export const allPartsOf = (program: Program): Part[] => partsReached(program, () => true)

function partsReached({ main, functions }: Program, goesThrough: (call: CallStep) => boolean): Part[] {
  const parts = new Set<Part>([main])
  // A set goes on to what is added while it is walked.
  for (const part of parts)
    for (const call of callsIn(part.document)) {
      const called = functions.get(call.recipe_id)
      if (called && goesThrough(call)) parts.add(called)
    }
  return [...parts]
}

/** The most steps a program may have, those of a function counted each time it is called. */
export const MAX_PROGRAM_STEPS = 20_000

/** How many steps a program has, those of a function counted each time it is called; infinite where functions call one another in a circle. */
export function sizeOf({ main, functions }: Program): number {
  const sizes = new Map<Part, number>()
  const measure = (part: Part): number => {
    const known = sizes.get(part)
    if (known !== undefined) return known
    sizes.set(part, Number.POSITIVE_INFINITY)
    const called = callsIn(part.document).flatMap(({ recipe_id }) => functions.get(recipe_id) ?? [])
    const size = called.reduce((sum, each) => sum + measure(each), stepsInOrder(part.document).length)
    sizes.set(part, size)
    return size
  }
  return measure(main)
}

/** The names of functions of which each calls the next, more of them than may; undefined where there are none. For no bigger program than may be. */
export function findTooDeep({ main, functions }: Program): readonly string[] | undefined {
  const look = (part: Part, chain: readonly string[]): readonly string[] | undefined => {
    if (chain.length > MAX_CALLS_WITHIN) return chain
    for (const id of new Set(callsIn(part.document).map(({ recipe_id }) => recipe_id))) {
      const called = functions.get(id)
      const tooDeep = called && look(called, [...chain, called.name])
      if (tooDeep) return tooDeep
    }
    return undefined
  }
  return look(main, [])
}

/** The same program, seen from one of its functions. */
export const programOf = (program: Program, main: Part): Program => ({ main, functions: program.functions })
