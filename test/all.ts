// `npm test`: every check, then every test. Exits 0 only if all passed; the last line counts them.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ensureChromium } from './support/chromium.ts'
import { countTests, type VitestReport } from './support/vitest-report.ts'

interface Count {
  passed: number
  failed: number
}

const ROOT = join(import.meta.dirname, '..')
const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}` }

// The checks come first, being quick, and stop nothing: who breaks the format still learns which tests fail.
const total: Count = { passed: 0, failed: 0 }
await step('Chromium', async () => asCount(await ensureChromium()))
await step('Format and lint', () => check('biome', ['check', '--error-on-warnings']))
await step('Types', () => check('tsc', ['--noEmit']))
if (existsSync(join(ROOT, 'console/tsconfig.json'))) {
  await step('Types of the console', () => check('tsc', ['--noEmit', '-p', 'console']))
}
await step('Unused files, exports and packages', () => check('knip', []))
await step('Tests', runTests)

console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

async function step(title: string, run: () => Promise<Count>): Promise<void> {
  console.log(`\n=== ${title}`)
  const started = Date.now()
  const count = await run()
  total.passed += count.passed
  total.failed += count.failed
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`=== ${title}: ${count.failed > 0 ? 'FAILED' : 'passed'} (${seconds} s)`)
}

async function check(command: string, args: string[]): Promise<Count> {
  return asCount(await run(command, args))
}

async function runTests(): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'behalf-report-'))
  try {
    const file = join(folder, 'report.json')
    const ok = await run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
    const report: VitestReport | undefined = await readFile(file, 'utf8').then(JSON.parse, () => undefined)
    return countTests(report, ok)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function asCount(ok: boolean): Count {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function run(command: string, args: string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code === 0))
  })
}
