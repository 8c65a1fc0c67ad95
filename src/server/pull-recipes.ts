import { mkdir } from 'node:fs/promises'
import type { Run } from './recipes-command.ts'
import {
  type Entry,
  fileNameOf,
  hashOf,
  readIndex,
  readRecipesFolder,
  recipeText,
  writeFolder,
} from './recipes-folder.ts'

/** A recipe as the server lists it. */
export interface Listed {
  id: string
  name: string
  version: number
}

/**
 * Writes the recipes of a place into a folder, a file each. A file that was changed here since it was last the same is not overwritten
 * unless `overwrite`; then nothing is written at all. Files of recipes that are gone are left, and said. False when it was not done.
 */
export async function pullRecipes(run: Run, { overwrite }: { overwrite: boolean }): Promise<boolean> {
  const { folder, place, print } = run
  await mkdir(folder, { recursive: true })
  const { texts: here, folders } = await readRecipesFolder(folder)
  const index = await readIndex(folder)
  const key = `${place.project_id}/${place.environment}`
  const known = index[key] ?? {}
  const entries: Record<string, Entry> = {}
  const texts = new Map<string, string>()
  for (const { id, name, version } of await listRecipes(run)) {
    const text = await exportedText(run, id)
    const before = Object.keys(known).find((file) => known[file]?.id === id)
    const file = before ?? fileNameOf(name, new Set([...Object.keys(known), ...Object.keys(entries), ...folders]))
    entries[file] = { id, version, content: hashOf(text) }
    texts.set(file, text)
  }
  const changed = [...texts].filter(([file, text]) => isChangedHere(here.get(file), text, known[file]))
  if (changed.length > 0 && !overwrite) {
    for (const [file] of changed) print(`changed here  ${file}`)
    print('Nothing was written. Commit these files, pull with --overwrite, and bring both together with git.')
    return false
  }
  await writeFolder(folder, texts, { ...index, [key]: entries })
  for (const [file, text] of texts) if (here.get(file) !== text) print(`pulled  ${file}`)
  for (const file of Object.keys(known)) if (!(file in entries)) print(`gone on the server  ${file}`)
  print(`${texts.size} recipes.`)
  return true
}

/** The recipes of a place, the oldest first. */
export async function listRecipes({ client, place }: Run): Promise<Listed[]> {
  const found: (Listed & { environment: string })[] = []
  for (let before: string | null = ''; before !== null; ) {
    const path: string = `/recipes?limit=200&project_id=${place.project_id}${before && `&before=${before}`}`
    const page = await client.get<{ data: typeof found; next: string | null }>(path)
    found.push(...page.data)
    before = page.next
  }
  return found.filter(({ environment }) => environment === place.environment).reverse()
}

/** A recipe of the server as the text of its file. */
export async function exportedText({ client }: Run, id: string): Promise<string> {
  return recipeText(await client.get<object>(`/recipes/${id}/export`))
}

/** A file that says what the server says, or what it said when both were last the same, is not changed. */
function isChangedHere(text: string | undefined, there: string, entry: Entry | undefined): boolean {
  if (text === undefined) return false
  const same = asKept(text)
  return same !== there && (same === undefined || hashOf(same) !== entry?.content)
}

/** However somebody's editor laid it out. Undefined for what is no JSON. */
function asKept(text: string): string | undefined {
  try {
    return recipeText(JSON.parse(text))
  } catch {
    return undefined
  }
}
