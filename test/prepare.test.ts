import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from './support/sources.ts'

// The scripts are plain JavaScript, for any Node: their types are said here.
const { isInstalled } = (await import(join(ROOT, 'scripts/installed.mjs'))) as { isInstalled(root: string): boolean }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'behalf-prepare-'))
})
afterEach(() => rm(folder, { recursive: true }))

const packages = {
  '': { name: 'behalf' },
  'node_modules/hono': { version: '4.0.0', integrity: 'sha512-aa' },
  'node_modules/for-windows': { version: '1.0.0', integrity: 'sha512-bb', optional: true },
}

test('takes a checkout for installed when every package of the lockfile is there, other platforms aside', async () => {
  await writeLock('package-lock.json', packages)
  expect(isInstalled(folder)).toBe(false)
  await writeLock('node_modules/.package-lock.json', { 'node_modules/hono': packages['node_modules/hono'] })
  expect(isInstalled(folder)).toBe(true)
})

test('installs again when the lockfile names another version, another archive, more or fewer packages', async () => {
  const installed = { 'node_modules/hono': packages['node_modules/hono'] }
  await writeLock('node_modules/.package-lock.json', installed)
  for (const change of [{ version: '4.0.1' }, { integrity: 'sha512-cc' }]) {
    await writeLock('package-lock.json', {
      ...packages,
      'node_modules/hono': { ...packages['node_modules/hono'], ...change },
    })
    expect(isInstalled(folder)).toBe(false)
  }
  await writeLock('package-lock.json', { ...packages, 'node_modules/zod': { version: '4.0.0' } })
  expect(isInstalled(folder)).toBe(false)
  await writeLock('package-lock.json', { '': packages[''] })
  expect(isInstalled(folder)).toBe(false)
})

test('lets only one process at a time prepare, and is not held up by one that died', async () => {
  const lock = join(folder, 'deep/prepare.lock')
  await mkdir(join(folder, 'deep'))
  // No process has a number this high.
  await writeFile(lock, '99999999')
  const notes = join(folder, 'notes')
  await Promise.all([1, 2, 3].map(() => runNode(locked(lock, notes))))
  const lines = (await readFile(notes, 'utf8')).trim().split('\n')
  expect(lines.length).toBe(6)
  for (let i = 0; i < 6; i += 2)
    expect(lines.slice(i, i + 2)).toEqual([`in ${pidOf(lines[i])}`, `out ${pidOf(lines[i])}`])
  expect(await readdir(join(folder, 'deep'))).toEqual([])
})

test('runs a program with its arguments, passes SIGTERM on, and ends with its exit code', async () => {
  await cp(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true })
  await writeLock('package-lock.json', { '': packages[''] })
  await writeLock('node_modules/.package-lock.json', {})
  await writeFile(
    join(folder, 'program.ts'),
    `const [word]: string[] = process.argv.slice(2)
     process.on('SIGTERM', () => process.exit(7))
     setInterval(() => {}, 60_000)
     console.log(word)`,
  )
  const child = spawn(process.execPath, [join(folder, 'scripts/run.mjs'), 'program.ts', 'hello'])
  await new Promise((resolve) => child.stdout.once('data', (data) => resolve(expect(String(data)).toBe('hello\n'))))
  child.kill('SIGTERM')
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(7)
})

async function writeLock(file: string, packages: Record<string, unknown>): Promise<void> {
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await writeFile(join(folder, file), JSON.stringify({ lockfileVersion: 3, packages }))
}

/** Notes when it came in and when it went out, with time in between for others to disturb it. */
function locked(lock: string, notes: string): string {
  return `
    import { appendFileSync, readdirSync } from 'node:fs'
    import { withLock } from ${JSON.stringify(join(ROOT, 'scripts/lock.mjs'))}
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(notes)}, 'in ' + process.pid + '\\n')
      for (let turn = 0; turn < 200; turn++) readdirSync('/')
      appendFileSync(${JSON.stringify(notes)}, 'out ' + process.pid + '\\n')
    })`
}

async function runNode(program: string): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
}

function pidOf(line = ''): string {
  return line.split(' ')[1] ?? ''
}
