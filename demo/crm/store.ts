import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Data in memory that is kept in one JSON file. */
export interface Store<T> {
  /** Change it freely, then await `saved()` before telling anyone. */
  readonly data: T
  /** Resolves when everything changed until now is in the file. Those who ask while a write is under way share the next one. */
  saved(): Promise<void>
}

/**
 * Opens the data kept in `file`, or starts with `empty()` when there is none; with `null` nothing is kept.
 * The file is replaced by renaming, so that a reader, and a start after `kill -9`, sees one whole state or the one before.
 * One process at a time may have a file open: nothing checks that.
 */
export async function openStore<T extends object>(file: string | null, empty: () => T): Promise<Store<T>> {
  if (file === null) return { data: empty(), saved: async () => {} }
  await mkdir(dirname(file), { recursive: true })
  const data = (await readData<T>(file)) ?? empty()
  let running: Promise<void> = Promise.resolve()
  let queued: Promise<void> | null = null
  return {
    data,
    saved() {
      queued ??= running
        .catch(() => {})
        .then(() => {
          queued = null
          running = replaceFile(file, JSON.stringify(data))
          return running
        })
      return queued
    },
  }
}

async function readData<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`
  await writeFile(fresh, text, { mode: 0o600 })
  await rename(fresh, file)
}
