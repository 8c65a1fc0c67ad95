import { UserError } from '#core/errors.ts'
import { findInexactNumber } from '#core/exact-number.ts'
import { checkRecipeFile } from '#recipes/check-recipe-file.ts'
import type { Problem } from '#recipes/problem.ts'
import { exportedText, listRecipes } from './pull-recipes.ts'
import type { Run } from './recipes-command.ts'
import { type Entry, hashOf, readIndex, readRecipesFolder, recipeText, writeFolder } from './recipes-folder.ts'

/** A file of a folder: its JSON, or why it is none. */
interface ReadFile {
  name: string
  json: object
  problems: Problem[]
}

/** A folder's recipes, each checked by itself; of `only` these files, or `recipe_file_missing`. */
export async function readFiles(folder: string, only: readonly string[] = []): Promise<ReadFile[]> {
  const { texts } = await readRecipesFolder(folder)
  const missing = only.filter((name) => !texts.has(name))
  if (missing.length > 0)
    throw new UserError('recipe_file_missing', `${folder} holds no ${missing.join(', ')}. Files end in .recipe.json.`)
  const wanted = [...texts].filter(([name]) => only.length === 0 || only.includes(name))
  return wanted.map(([name, text]) => {
    const malformed = (message: string) => ({
      name,
      json: {},
      problems: [{ path: '', code: 'file_malformed', message }],
    })
    try {
      const json = JSON.parse(text)
      const number = findInexactNumber(text)
      if (number === undefined) return { name, json, problems: checkRecipeFile(json) }
      return malformed(`the number ${number.slice(0, 40)} cannot be held exactly: give it as text`)
    } catch {
      return malformed('is no JSON')
    }
  })
}

/** Prints what is wrong with files by themselves. False when anything is. */
export function checkFiles(files: readonly ReadFile[], print: Run['print']): boolean {
  for (const { name, problems } of files) printProblems(print, name, problems)
  const wrong = files.filter(({ problems }) => problems.length > 0).length
  if (wrong === 0) print(`${files.length} recipes: nothing is wrong.`)
  return wrong === 0
}

/** What the server answers for each file. */
interface Answer {
  id: string
  version: number
  outcome: 'created' | 'updated' | 'unchanged'
  differences: { path: string; kind: string }[]
  problems: Problem[]
}

/** Checks files against everything the server knows. False when anything is wrong. */
export async function validateRecipes(run: Run): Promise<boolean> {
  const files = await readFiles(run.folder)
  if (files.some(({ problems }) => problems.length > 0)) return checkFiles(files, run.print)
  const named = await nameRecipes(run, files)
  const answers = await send(run, files, { path: '/recipes/validate', recipes: named })
  if (answers === undefined) return false
  return checkFiles(
    files.map((file, index) => ({ ...file, problems: answers[index]?.problems ?? [] })),
    run.print,
  )
}

/**
 * Makes and updates recipes from a folder's files, all or none, and notes their versions in its index. Refuses what was changed on the
 * server since it was last the same here. With `dryRun` everything is checked and said, and nothing is kept. False when anything is wrong.
 */
export async function pushRecipes(
  run: Run,
  { dryRun, comment, only }: { dryRun: boolean; comment: string | undefined; only: readonly string[] },
): Promise<boolean> {
  const files = await readFiles(run.folder, only)
  if (files.some(({ problems }) => problems.length > 0)) return checkFiles(files, run.print)
  const named = await nameRecipes(run, files)
  if (named === undefined) return false
  const said = { recipes: named, dry_run: dryRun, ...(comment && { comment }) }
  const answers = await send(run, files, { path: '/recipes/push', ...said })
  if (answers === undefined) return false
  if (!dryRun) await note(run, files, answers)
  for (const [index, { outcome, differences }] of answers.entries()) {
    run.print(`${outcome}  ${files[index]?.name}`)
    if (dryRun) for (const { kind, path } of differences) run.print(`  ${kind}  ${path}`)
  }
  if (answers.length === 0) run.print(`${run.folder} holds no recipes.`)
  return true
}

type Named = { id: string; expected_version: number } | undefined

/**
 * Which recipe each file is of, by the index; for a file it does not know, the recipe of that name, if its own file is gone from the folder
 * or it says the same as the one on the server. Undefined when one cannot be told.
 */
async function nameRecipes(run: Run, files: readonly ReadFile[]): Promise<Named[] | undefined> {
  const known = await knownOf(run)
  const { texts } = await readRecipesFolder(run.folder)
  const gone = new Map(
    Object.entries(known).flatMap(([name, entry]) => (texts.has(name) ? [] : [[entry.id, entry] as const])),
  )
  const listed = files.every(({ name }) => known[name]) ? [] : await listRecipes(run)
  const taken = new Set(Object.values(known).flatMap(({ id }) => (gone.has(id) ? [] : [id])))
  const named: Named[] = []
  let clear = true
  for (const { name, json } of files) {
    const same = known[name] ? undefined : listed.find((each) => !taken.has(each.id) && each.name === nameIn(json))
    if (same) taken.add(same.id)
    const entry = known[name] ?? (same && gone.get(same.id))
    if (entry) named.push({ id: entry.id, expected_version: entry.version })
    else if (same === undefined) named.push(undefined)
    else if ((await exportedText(run, same.id)) === recipeText(json))
      named.push({ id: same.id, expected_version: same.version })
    else {
      clear = false
      run.print(
        `${name}: another recipe “${same.name}” is on the server already: pull it first, or give this one another name`,
      )
    }
  }
  return clear ? named : undefined
}

const nameIn = (json: object): unknown => (json as { recipe?: { name?: unknown } }).recipe?.name

async function knownOf({ folder, place }: Run): Promise<Record<string, Entry>> {
  return (await readIndex(folder))[`${place.project_id}/${place.environment}`] ?? {}
}

/** Sends files; prints what is wrong with which, and answers undefined then. */
async function send(
  { client, place, print }: Run,
  files: readonly ReadFile[],
  {
    path,
    recipes,
    ...rest
  }: { path: string; recipes: readonly Named[] | undefined; dry_run?: boolean; comment?: string },
): Promise<Answer[] | undefined> {
  if (recipes === undefined) return undefined
  const body = { ...place, ...rest, recipes: files.map(({ json }, index) => ({ file: json, ...recipes[index] })) }
  try {
    return (await client.post<{ data: Answer[] }>(path, body)).data
  } catch (error) {
    if (!(error instanceof UserError) || error.details === undefined) throw error
    const {
      problems = [],
      recipes: stale = [],
      recipeId,
    } = error.details as {
      problems?: Problem[]
      recipes?: string[]
      recipeId?: string
    }
    for (const { path: at, ...problem } of problems) {
      const [, index = '', rest = at] = /^recipes\[(\d+)\]\.(.*)$/.exec(at) ?? []
      printProblems(print, files[Number(index)]?.name ?? '', [{ ...problem, path: rest }])
    }
    for (const id of [...stale, recipeId])
      for (const [index, file] of files.entries())
        if (id !== undefined && recipes[index]?.id === id) print(`${file.name}: ${error.message} (${error.code})`)
    if (problems.length === 0 && stale.length === 0) throw error
    return undefined
  }
}

async function note(run: Run, files: readonly ReadFile[], answers: readonly Answer[]): Promise<void> {
  const pushed = new Set(answers.map(({ id }) => id))
  const others = Object.entries(await knownOf(run)).filter(([, { id }]) => !pushed.has(id))
  const entries: Record<string, Entry> = Object.fromEntries(others)
  for (const [at, { id, version }] of answers.entries()) {
    const { name, json } = files[at] as ReadFile
    entries[name] = { id, version, content: hashOf(recipeText(json)) }
  }
  const key = `${run.place.project_id}/${run.place.environment}`
  await writeFolder(run.folder, new Map(), { ...(await readIndex(run.folder)), [key]: entries })
}

function printProblems(print: Run['print'], name: string, problems: readonly Problem[]): void {
  for (const { path, code, message } of problems) print(`${name}: ${path ? `${path}: ` : ''}${message} (${code})`)
}
