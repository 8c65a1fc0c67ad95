import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recipeFileSchema } from '#recipes/recipe-file-schema.ts'

const SUFFIX = '.recipe.json'
const INDEX = '.behalf.json'
const SCHEMA = 'recipe.schema.json'

/** Which recipe of a place a file is of, and in which version it was last the same here and there. */
export interface Entry {
  id: string
  version: number
  /** SHA-256 of the file's text as it was then. */
  content: string
}

/** By place (`prj_…/PROD`), then by file. It is kept in git with the files. */
export type Index = Record<string, Record<string, Entry>>

/** The texts of a folder's recipes by the names of their files, sorted. */
export async function readRecipeTexts(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX)).sort()
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  )
}

/** The index of a folder; empty when there is none yet. */
export async function readIndex(folder: string): Promise<Index> {
  return JSON.parse(await readFile(join(folder, INDEX), 'utf8').catch(absent))
}

function absent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '{}'
  throw error
}

/** Writes recipes, the index and the schema for editors. A cut leaves each file as it was or as it is to be, the index last. */
export async function writeFolder(folder: string, texts: ReadonlyMap<string, string>, index: Index): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, text] of [
    ...texts,
    [SCHEMA, stableText(recipeFileSchema())],
    [INDEX, stableText(index)],
  ] as const) {
    await writeFile(join(folder, `${name}.new`), text)
    await rename(join(folder, `${name}.new`), join(folder, name))
  }
}

/** A recipe's file as it is kept: with its schema named, keys in an order that never changes, and a line for each value. */
export const recipeText = (file: object): string => stableText({ ...file, $schema: `./${SCHEMA}` })

/** What is compared to find out whether two texts say the same. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A file's name for a recipe: of its name's letters and digits, and not yet among `taken`. */
export function fileNameOf(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['recipe']
  const slug = words.join('-').slice(0, 80)
  for (let number = 1; ; number++) {
    const file = `${slug}${number === 1 ? '' : `-${number}`}${SUFFIX}`
    if (!taken.has(file)) return file
  }
}

/** What a reader looks for first. */
const FIRST = ['$schema', 'format', 'recipe', 'kind', 'name', 'description', 'trigger', 'connections', 'steps']

function stableText(value: unknown): string {
  return `${JSON.stringify(inOrder(value), null, 2)}\n`
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length)
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]))
}
