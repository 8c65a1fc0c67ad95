import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../src/database/embedded.ts'
import { type Program, startProgram } from './programs.ts'

/** What is measured, each in its own process: PostgreSQL with durable commits, the CRM, and Behalf as `npm start` runs it. */
export interface Town {
  connectionString: string
  /** Process id of PostgreSQL's server. */
  postmaster: number
  sealingKey: string
  crm: Program
  behalf: Program
  /** Stops all and deletes the database. */
  stop(): Promise<void>
}

export interface TownOptions {
  /** Where Behalf's CPU profile is written when it stops. */
  profileFolder?: string | undefined
  /** `host:port` that Behalf may reach besides the CRM. */
  hosts?: string[]
}

const DATA = new URL('../.cache/bench/', import.meta.url).pathname
const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error }

/**
 * Starts all three. PostgreSQL is the embedded one with its ordinary settings, `fsync` on, on the disk the checkout is on (as root, on
 * that of `/var/lib/behalf`); we start it ourselves to be able to ask it for its counters. What was started is stopped when a later step
 * fails.
 */
export async function startTown({ profileFolder, hosts = [] }: TownOptions = {}): Promise<Town> {
  const undo: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const each of undo.splice(0).reverse()) await each()
  }
  try {
    await mkdir(DATA, { recursive: true })
    const dataDir = await mkdtemp(join(DATA, 'data-'))
    undo.push(() => deleteData(dataDir))
    const postgres = await startEmbeddedPostgres({ dataDir, log: quiet })
    undo.push(() => postgres.stop())
    const crm = await startProgram('fast-crm.ts')
    undo.push(() => crm.stop())
    const { connectionString } = postgres
    const sealingKey = randomBytes(32).toString('base64')
    const env = {
      PORT: '0',
      DATABASE_URL: connectionString,
      BEHALF_SEALING_KEY: sealingKey,
      BEHALF_ALLOWED_PRIVATE_HOSTS: [crm.url.host, ...hosts].join(','),
    }
    const behalf = await startProgram('../src/server/main.ts', { env, nodeArguments: nodeArguments(profileFolder) })
    undo.push(() => behalf.stop())
    const postmaster = await postmasterOf(dataDir)
    return { connectionString, postmaster, sealingKey, crm, behalf, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The first line of its lock file (https://www.postgresql.org/docs/18/storage-file-layout.html). */
async function postmasterOf(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8'), 10)
}

function nodeArguments(profileFolder: string | undefined): string[] {
  const watch = ['--import', new URL('watch-process.ts', import.meta.url).pathname]
  return profileFolder ? [...watch, '--cpu-prof', '--cpu-prof-dir', profileFolder] : watch
}

/** As root the data folder holds a link to where PostgreSQL's own user may write. */
async function deleteData(dataDir: string): Promise<void> {
  const database = await realpath(join(dataDir, 'postgres')).catch(() => undefined)
  if (database) await rm(database, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
}
