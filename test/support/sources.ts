import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export interface SourceFile {
  /** From the checkout's root: `src/core/ids.ts`. */
  path: string
  text: string
}

/** Every file below these folders, sorted; without what is built or installed. */
export function sourceFiles(folders: string[], ending = /\.(ts|tsx|mjs)$/): SourceFile[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

/** What the program is made of, tests aside. */
export function serverFiles(): SourceFile[] {
  return sourceFiles(['src']).filter(({ path }) => !path.endsWith('.test.ts'))
}

/** The names of the folders directly in a folder. */
export function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, folder, entry.name)).length > 0)
    .map((entry) => entry.name)
    .sort()
}

/** The code without its comments: a comment may name what code must not. Strings are kept. */
export function withoutComments(text: string): string {
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g
  return text.replace(tokens, (token) => (token.startsWith('/') ? '' : token))
}
