import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { UserError } from '#core/errors.ts'

/**
 * Makes `folder`, with what is missing above it, so that every account of the machine can pass through it.
 * Folders that exist are left as they are; a closed one among them is `database_folder_closed`.
 */
export async function ensureOpenFolder(folder: string): Promise<void> {
  const path = resolve(folder)
  const firstMade = await mkdir(path, { recursive: true })
  if (firstMade !== undefined) {
    for (const made of upwards(path, dirname(firstMade))) await chmod(made, 0o711)
  }
  for (const above of upwards(path, '')) {
    if (((await stat(above)).mode & 0o001) === 0) throw closed(path, above)
  }
}

/** `path` and the folders above it, up to but without `end`. */
function* upwards(path: string, end: string): Generator<string> {
  for (let at = path; at !== end; at = dirname(at)) {
    yield at
    if (dirname(at) === at) return
  }
}

function closed(path: string, above: string): UserError {
  return new UserError(
    'database_folder_closed',
    `PostgreSQL runs as the user "postgres" and cannot reach ${path}: ${above} is closed to it. Open it (chmod o+x ${above}) or choose another folder.`,
  )
}
