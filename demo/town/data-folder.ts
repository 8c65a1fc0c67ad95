import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where `npm run demo` keeps everything. */
export const DEMO_DATA = resolve(import.meta.dirname, '../../demo-data')

/** Where a root's embedded databases live, because root's own folders are closed to the user that PostgreSQL runs as. */
const BASE_OF_ROOT = '/var/lib/behalf'

/** A new folder for one play, and how to remove it with all that is in it, the database too. */
export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const isRoot = process.getuid?.() === 0
  const above = isRoot ? BASE_OF_ROOT : tmpdir()
  if (isRoot && (await mkdir(above, { recursive: true }))) await chmod(above, 0o711)
  const folder = await mkdtemp(join(above, 'demo-'))
  if (isRoot) await chmod(folder, 0o711)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
