import { UserError } from '#core/errors.ts'
import { newId, type PersonId, type RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { ApproveChange } from './approve-change.ts'
import { commandsRun } from './commands-run.ts'
import { createRecipe, requireProject } from './create-recipe.ts'
import { type Difference, differences } from './difference.ts'
import { type RecipeOfFile, readRecipeFile } from './exported-recipe.ts'
import { loadRecipe } from './load-recipe.ts'
import { lockParents, type StartDependencies } from './load-recipe-facts.ts'
import { lockRecipe } from './lock-recipe.ts'
import { readRecipe } from './parse-recipe.ts'
import { type Problem, recipeInvalid } from './problem.ts'
import { callsIn } from './program.ts'
import type { RecipeDocument } from './recipe.ts'
import { loadCandidates, type Place, resolveReferences } from './resolve-references.ts'
import { saveRecipeVersion } from './save-recipe-version.ts'
import { mapCallSteps } from './steps-of-file.ts'
import { type RecipeWithDocument, recipeNotFound } from './stored-recipe.ts'

/** A file, and the recipe it is of; without one it makes a new recipe. */
export interface PushedFile {
  file: unknown
  recipe?: {
    id: RecipeId
    /** The version the file began from. Null for whatever is current: for checking alone. */
    expectedVersion: number | null
  }
}

export interface Push extends Place {
  files: readonly PushedFile[]
  personId: PersonId | null
  comment: string | null
  /** Who approves the change of a recipe, which does not exist yet when `isNew`. */
  approve(recipeId: RecipeId, isNew: boolean): ApproveChange
  /** Called when all recipes that exist are locked, before anything is written. */
  whenLocked?(): Promise<void>
}

/** What became of a file. */
export interface Pushed {
  outcome: 'created' | 'updated' | 'unchanged'
  recipe: RecipeWithDocument
  /** Since the version before; none of what was created. */
  differences: Difference[]
}

/**
 * Makes and updates the recipes of a place from files that may call one another's functions and run one another's commands: all of them, or
 * none. Functions and commands are written before what names them. What is the same as the current version is left as it is; a new recipe is stopped, a started one runs its new
 * version at once. The caller's transaction is `db`; in the order of `files`.
 *
 * Throws `recipe_invalid` with the problems of every file, their paths beginning with `recipes[n].`; `recipe_not_found` for a recipe that
 * lies elsewhere; `recipe_version_conflict` for those that were changed since; and what `approve` throws.
 */
export async function pushRecipes(dependencies: StartDependencies, push: Push): Promise<Pushed[]> {
  await requireProject(dependencies.db, push)
  const parts = await readParts(dependencies, push)
  await lockAll(dependencies, push, parts)
  refuseStale(parts)
  await push.whenLocked?.()
  const done = new Map<Part, Pushed>()
  for (const part of calledFirst(parts)) done.set(part, await write(dependencies, push, part))
  return parts.map((part) => done.get(part) as Pushed)
}

/** One file, read, with its names found. */
interface Part {
  index: number
  id: RecipeId
  file: RecipeOfFile
  /** Null for a new one. */
  current: RecipeWithDocument | null
  expectedVersion: number | null
  document: RecipeDocument
  differences: Difference[]
}

async function readParts({ db }: StartDependencies, push: Push): Promise<Part[]> {
  const files = readFiles(push.files)
  const found = await Promise.all(
    files.map(async (file, index) => {
      const { id, expectedVersion = null } = push.files[index]?.recipe ?? {}
      const current = id === undefined ? null : await loadRecipeOf(db, push, id)
      return { index, file, current, id: id ?? newId('recipe'), expectedVersion }
    }),
  )
  const candidates = await loadCandidates(db, push, files)
  const own = found.flatMap(({ id, file }) => (isFunction(file) ? [{ id, name: nameOf(file) }] : []))
  const elsewhere = candidates.functions.filter(
    ({ id, name }) => !found.some((each) => each.id === id) && !own.some((each) => each.name === name),
  )
  const known = { ...candidates, functions: [...own, ...elsewhere] }
  const parts = found.map((each) => ({
    each,
    read: readRecipe(resolveReferences(each.file, known, each.current?.document)),
  }))
  const problems = parts.flatMap(({ read, each }) => ('problems' in read ? within(each.index, read.problems) : []))
  if (problems.length > 0) throw recipeInvalid(problems)
  return parts.flatMap(({ each, read }) => {
    if ('problems' in read) return []
    const { document } = read
    return [{ ...each, document, differences: each.current ? differences(each.current.document, document) : [] }]
  })
}

function readFiles(files: readonly PushedFile[]): RecipeOfFile[] {
  const problems: Problem[] = []
  const read = files.flatMap(({ file }, index) => {
    const one = readRecipeFile(file)
    if (!('problems' in one)) return [one.file.recipe]
    problems.push(
      ...one.problems.map((problem) => ({
        ...problem,
        path: `recipes[${index}].${problem.path.replace(/^recipe\.?/, '')}`,
      })),
    )
    return []
  })
  if (problems.length > 0) throw recipeInvalid(problems)
  return read
}

async function loadRecipeOf(db: Db, push: Push, recipeId: RecipeId): Promise<RecipeWithDocument> {
  const recipe = await loadRecipe(db, { workspaceId: push.workspaceId, recipeId })
  if (recipe.projectId === push.projectId && recipe.environment === push.environment) return recipe
  throw recipeNotFound(recipeId)
}

/** All parents, then all recipes, each in the order of their ids: as whoever deletes a parent, and whoever else pushes. */
async function lockAll({ db }: StartDependencies, push: Push, parts: readonly Part[]): Promise<void> {
  await lockParents(db, push.workspaceId, ...parts.map(({ document }) => document))
  const updated = parts.flatMap(({ current }) => (current ? [current] : [])).sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const { id, version } of updated) {
    const locked = await lockRecipe(db, { workspaceId: push.workspaceId, recipeId: id })
    if (locked.version !== version) throw stale([id])
  }
}

/** What is the same is not stale, whichever version it began from. */
function refuseStale(parts: readonly Part[]): void {
  const ids = parts.flatMap(({ id, current, expectedVersion, differences: changes }) =>
    current && changes.length > 0 && expectedVersion !== null && current.version !== expectedVersion ? [id] : [],
  )
  if (ids.length > 0) throw stale(ids)
}

function stale(recipeIds: RecipeId[]): UserError {
  const message = 'Recipes were changed on the server in the meantime: pull them, and repeat your change.'
  return new UserError('recipe_version_conflict', message, { status: 409, details: { recipes: recipeIds } })
}

/** The parts so that what is called, or run by a button, stands before what does so; in a circle in any order. */
function calledFirst(parts: readonly Part[]): Set<Part> {
  const ordered = new Set<Part>()
  const seen = new Set<Part>()
  const place = (part: Part) => {
    if (seen.has(part)) return
    seen.add(part)
    const ids = new Set<string>(callsIn(part.document).map(({ recipe_id }) => recipe_id))
    const commands = new Set(commandsRun(part.document).map(({ command }) => command))
    for (const other of parts) if (ids.has(other.id) || commands.has(commandOf(other))) place(other)
    ordered.add(part)
  }
  parts.forEach(place)
  return ordered
}

const commandOf = ({ document: { trigger } }: Part): string => (trigger.kind === 'command' ? trigger.command : '')

async function write(dependencies: StartDependencies, push: Push, part: Part): Promise<Pushed> {
  const { id: recipeId, current, document, index } = part
  if (current && part.differences.length === 0) return { outcome: 'unchanged', recipe: current, differences: [] }
  const by = { personId: push.personId, comment: push.comment, approve: push.approve(recipeId, current === null) }
  try {
    if (current === null) {
      const { workspaceId, projectId, environment } = push
      const recipe = await createRecipe(dependencies.db, {
        workspaceId,
        projectId,
        environment,
        ...by,
        recipeId,
        document,
      })
      return { outcome: 'created', recipe, differences: [] }
    }
    const next = { workspaceId: push.workspaceId, recipeId, expectedVersion: current.version, ...by, document }
    const { recipe } = await saveRecipeVersion(dependencies, next)
    return { outcome: 'updated', recipe, differences: part.differences }
  } catch (error) {
    throw error instanceof UserError && error.code === 'recipe_invalid'
      ? recipeInvalid(within(index, namingFunctions(part.file, problemsOf(error))))
      : error
  }
}

const problemsOf = ({ details }: UserError): Problem[] => (details?.problems ?? []) as Problem[]

/** A call whose function was not found is told by the name that the file has for it. */
function namingFunctions(file: RecipeOfFile, problems: readonly Problem[]): Problem[] {
  const names = new Map<string, unknown>()
  mapCallSteps(file.steps, (step, path) => {
    names.set(`${path}.recipe_id`, step.function)
    return step
  })
  return problems.map((problem) => {
    if (problem.code !== 'function_not_chosen') return problem
    const message = `There is no function “${names.get(problem.path)}” here: one that was renamed is named anew by every file that calls it.`
    return { ...problem, message }
  })
}

const within = (index: number, problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, ...rest }) => ({ path: `recipes[${index}].${path}`, ...rest }))

const isFunction = ({ trigger }: RecipeOfFile): boolean =>
  (trigger as { kind?: unknown } | undefined)?.kind === 'function'

const nameOf = ({ name }: RecipeOfFile): string => String(name).trim()
