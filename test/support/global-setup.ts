import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/database/embedded.ts'
import { fastFolder } from './fast-folder.ts'
import { makeTemplate } from './template.ts'

declare module 'vitest' {
  interface ProvidedContext {
    database: { connectionString: string; template: string }
  }
}

/**
 * One PostgreSQL for a whole run, in a temporary folder, with a migrated template that every test file clones.
 * A run started by another (the sabotage) is given a server by BEHALF_TEST_DATABASE and leaves it running.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.BEHALF_TEST_DATABASE
  if (given) {
    project.provide('database', { connectionString: given, template: await makeTemplate(given) })
    return async () => {}
  }
  const server = await startTestServer()
  project.provide('database', {
    connectionString: server.connectionString,
    template: await makeTemplate(server.connectionString),
  })
  return server.stop
}

const PREFIX = 'behalf-test-'

/** A server whose data nobody will miss, and its removal. */
export async function startTestServer(): Promise<{ connectionString: string; stop(): Promise<void> }> {
  await removeAbandoned()
  const base = await mkdtemp(join(fastFolder(), `${PREFIX}${process.pid}-`))
  await chmod(base, 0o711)
  const server = await startEmbeddedPostgres({
    dataDir: join(base, 'data'),
    base,
    log: { debug() {}, info() {}, warn: console.warn, error: console.error },
    durable: false,
    maxConnections: 300,
  })
  return {
    connectionString: server.connectionString,
    stop: async () => {
      await server.stop()
      await rm(base, { recursive: true, force: true })
    },
  }
}

/** A run that was killed left its server running: it is ended by the next run. The folder's name says whose it was. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(fastFolder())) {
    const owner = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1])
    if (!owner || isAlive(owner)) continue
    const base = join(fastFolder(), name)
    const pid = await readFile(join(base, 'data/postgres/data/postmaster.pid'), 'utf8').then(Number.parseInt, () => 0)
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (commandLine.includes(base)) process.kill(pid, 'SIGQUIT')
    // While the server is still ending a file may appear; what stays is found by the run after this one.
    await rm(base, { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
