import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { UserError } from '#core/errors.ts'
import { recipeFileSchema } from '#recipes/recipe-file-schema.ts'

const SUFFIX = '.recipe.json'
const INDEX = '.behalf.json'
const SCHEMA = 'recipe.schema.json'

/** Which recipe of a place a file is of, and in which version it was last the same here and there. */
const Entry = z.object({
  id: z.string().regex(/^\w+$/),
  version: z.number().int(),
  /** SHA-256 of the file's text as it was then. */
  content: z.string(),
})

// why: whoever may propose a change may write the index, and a pull writes to the files that it names.
const FileName = z.string().regex(/^[^/\\\0]+\.recipe\.json$/)

/** By place (`prj_…/PROD`), then by file. It is kept in git with the files. */
const Index = z.record(z.string(), z.record(FileName, Entry))

export type Entry = z.infer<typeof Entry>
export type Index = z.infer<typeof Index>

/** What a folder holds by the names of recipes' files. */
export interface RecipesFolder {
  /** Sorted. */
  texts: Map<string, string>
  /** Names that no file can have, because folders do. */
  folders: string[]
}

/** Throws `folder_unreadable`, and `file_outside_folder` for a link that leads out of it. */
export async function readRecipesFolder(folder: string): Promise<RecipesFolder> {
  try {
    const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => name.endsWith(SUFFIX))
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
    const read = files.sort().map(async (name) => [name, await readInside(folder, name)] as const)
    return { texts: new Map(await Promise.all(read)), folders }
  } catch (cause) {
    if (cause instanceof UserError) throw cause
    throw new UserError('folder_unreadable', `The folder ${folder} cannot be read.`, { cause })
  }
}

/** The index of a folder; empty when there is none yet. Throws `index_malformed`. */
export async function readIndex(folder: string): Promise<Index> {
  const text = await readInside(folder, INDEX).catch(absent)
  try {
    return Index.parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError('index_malformed', `${join(folder, INDEX)} is not as Behalf writes it.`, { cause })
  }
}

// why: a folder of recipes comes from whoever may propose a change, and what it holds is sent to a server, or told.
async function readInside(folder: string, name: string): Promise<string> {
  const path = await realpath(join(folder, name))
  if (/^\.\.(?:[/\\]|$)/.test(relative(await realpath(folder), path)))
    throw new UserError(
      'file_outside_folder',
      `${name} is a link that leads out of the folder: put the file itself there.`,
    )
  return readFile(path, 'utf8')
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
    // why: a link of that name would be followed.
    await rm(join(folder, `${name}.new`), { force: true })
    await writeFile(join(folder, `${name}.new`), text, { flag: 'wx' })
    await rename(join(folder, `${name}.new`), join(folder, name))
  }
}

/** A recipe's file as it is kept: with its schema named, keys in an order that never changes, and a line for each value. */
export const recipeText = (file: object): string => stableText({ ...file, $schema: `./${SCHEMA}` })

/** What is compared to find out whether two texts say the same. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Names that are devices on Windows, whatever follows their first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/

/** A file's name for a recipe: of its name's letters and digits, good on every system, and not yet among `taken`. */
export function fileNameOf(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['recipe']
  const joined = words.join('-').slice(0, 80)
  const slug = DEVICE.test(joined) ? `${joined}-recipe` : joined
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
