import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, lstat, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { OutsideError, UserError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'
import type { ServerAccount } from './account.ts'
import type { Binaries } from './binaries.ts'
import { ensureOpenFolder } from './open-folder.ts'

const run = promisify(execFile)

/** PostgreSQL's files, and what is needed to speak with the server on them. */
export interface Cluster {
  /** Holds `data` (PostgreSQL's own), `passwords` (mode 600), `run` (the socket) and `log`. */
  home: string
  data: string
  passwords: { superuser: string; behalf: string }
}

export interface ClusterPlace {
  dataDir: string
  base: string
  account: ServerAccount | null
  binaries: Binaries
  durable: boolean
  log: Log
}

/**
 * Finds the cluster at `<dataDir>/postgres`, or makes it. Of two made at once the first to be finished stays, and both callers get it.
 */
export async function ensureCluster(place: ClusterPlace): Promise<Cluster> {
  const name = join(place.dataDir, 'postgres')
  await ensureDataFolder(place)
  if (!(await lstat(name).catch(() => undefined))) await makeCluster(name, place)
  const home = await followName(name)
  await checkOwner(home, place.account)
  await checkVersion(home, place.binaries)
  const [superuser = '', behalf = ''] = (await readFile(join(home, 'passwords'), 'utf8')).split('\n')
  return { home, data: join(home, 'data'), passwords: { superuser, behalf } }
}

async function ensureDataFolder({ dataDir, base, account }: ClusterPlace): Promise<void> {
  if (account && isWithin(dataDir, base)) await ensureOpenFolder(dataDir)
  else await mkdir(dataDir, { recursive: true, mode: 0o700 })
}

function isWithin(folder: string, base: string): boolean {
  return `${folder}/`.startsWith(`${resolve(base)}/`)
}

async function makeCluster(name: string, place: ClusterPlace): Promise<void> {
  const { dataDir, base, account, log } = place
  const inPlace = !account || isWithin(dataDir, base)
  const unique = randomBytes(6).toString('hex')
  const fresh = inPlace ? `${name}.${unique}` : join(resolve(base), `database-${unique}`)
  try {
    await initialise(fresh, place)
    await (inPlace ? rename(fresh, name) : symlink(fresh, name))
    log.info({ folder: inPlace ? name : fresh }, 'made a new PostgreSQL database')
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!isTaken(error)) throw error
  }
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EEXIST' || code === 'ENOTEMPTY'
}

async function initialise(fresh: string, { account, binaries, durable }: ClusterPlace): Promise<void> {
  const passwords = join(fresh, 'passwords')
  await mkdir(fresh, { mode: 0o700 })
  await mkdir(join(fresh, 'run'), { mode: 0o700 })
  // initdb takes the first line; the second is for the role that Behalf itself uses, which is no superuser.
  await writeFile(passwords, `${newPassword()}\n${newPassword()}\n`, { mode: 0o600 })
  if (account) {
    for (const path of [fresh, join(fresh, 'run'), passwords]) await chown(path, account.uid, account.gid)
  }
  // The builtin locale sorts and folds the same on every machine, whatever locales its operating system has.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwords}`]
  const speed = durable ? [] : ['--no-sync']
  try {
    await run(binaries.initdb, ['-D', join(fresh, 'data'), ...locale, ...access, ...speed], {
      cwd: fresh,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      ...account,
    })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() || (error as Error).message
    throw new OutsideError('database_start_failed', `PostgreSQL could not make a database: ${said}`, {
      retryable: false,
      cause: error,
    })
  }
}

function newPassword(): string {
  return randomBytes(32).toString('base64url')
}

async function followName(name: string): Promise<string> {
  return realpath(name).catch((cause) => {
    throw new UserError(
      'database_missing',
      `${name} points to a database that is not there. Put it back from your backup, or remove ${name} to begin with an empty one.`,
      { cause },
    )
  })
}

async function checkOwner(home: string, account: ServerAccount | null): Promise<void> {
  const { uid } = await stat(home)
  const expected = account?.uid ?? process.getuid?.() ?? uid
  if (uid === expected) return
  throw new UserError(
    'database_owner_differs',
    `The database in ${home} belongs to user id ${uid}, and PostgreSQL would run as ${expected}. Start Behalf as the user who started it before, or choose another data folder.`,
  )
}

async function checkVersion(home: string, binaries: Binaries): Promise<void> {
  const found = (await readFile(join(home, 'data', 'PG_VERSION'), 'utf8')).trim()
  if (found === binaries.major) return
  throw new UserError(
    'database_version_differs',
    `The database in ${home} was made by PostgreSQL ${found}, and this Behalf brings PostgreSQL ${binaries.major}. Start the Behalf that made it.`,
  )
}
