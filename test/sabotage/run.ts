import { spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import type { Sabotage } from '../sabotages.ts'
import type { VitestReport } from '../support/vitest-report.ts'

export interface Run {
  /** The server that all runs share, so that none has to start its own. */
  database: string
  signal: AbortSignal
}

export type Outcome = { ms: number } & (
  | { kind: 'red' }
  /** The test passed: it cannot fail, or the line does not matter. */
  | { kind: 'green'; why: string }
  /** Nothing is known: the sabotage does not apply or does not load. */
  | { kind: 'broken'; why: string }
)

type Tests = VitestReport['testResults'][number]['assertionResults']

/**
 * Runs every test that is to turn red, without sabotage and exactly as it is run with it: alone. A test that only passes after others
 * of its file would turn red by itself. Returns what is wrong: a test that fails already, or is not there.
 */
export async function cleanRun(copies: string[], sabotages: Sabotage[], run: Run): Promise<string[]> {
  if (sabotages.length === 0) return ['There is no sabotage of that name.']
  const tests = new Map(sabotages.map((sabotage) => [`${sabotage.test} ${sabotage.testName ?? ''}`, sabotage]))
  console.log(`Without sabotage: ${tests.size} tests`)
  const waiting = tests.values()
  const problems: string[] = []
  await Promise.all(
    copies.map(async (copy) => {
      for (const sabotage of waiting) problems.push(...(await cleanProblems(copy, sabotage, run)))
    }),
  )
  return problems
}

async function cleanProblems(copy: string, sabotage: Sabotage, run: Run): Promise<string[]> {
  const tests = testsOf(await vitest(copy, argumentsFor(sabotage), run), copy, sabotage)
  const ran = tests.filter(({ status }) => status !== 'skipped')
  if (ran.length === 0) return [`${sabotage.name}: ${sabotage.test} has no test "${sabotage.testName ?? ''}"`]
  const failing = ran.filter(({ status }) => status !== 'passed')
  return failing.map(
    ({ title, failureMessages }) =>
      `${sabotage.name}: fails without sabotage: ${title}\n${failureMessages?.join('\n') ?? ''}`,
  )
}

function argumentsFor({ test, testName }: Sabotage): string[] {
  return [test, '--maxWorkers=1', ...(testName ? ['-t', escapeRegExp(testName)] : [])]
}

/** Applies one sabotage to a copy, runs its test, and takes the sabotage back. */
export async function trySabotage(copy: string, sabotage: Sabotage, run: Run): Promise<Outcome> {
  const started = Date.now()
  const file = join(copy, sabotage.file)
  const text = await readFile(file, 'utf8')
  try {
    const changed = apply(text, sabotage)
    if (typeof changed !== 'string') return { ms: 0, kind: 'broken', why: changed.why }
    await writeFile(file, changed)
    const report = await vitest(copy, argumentsFor(sabotage), run)
    return { ms: Date.now() - started, ...judge(report, copy, sabotage) }
  } finally {
    await writeFile(file, text)
  }
}

function apply(text: string, { file, find, replace }: Sabotage): string | { why: string } {
  const times = text.split(find).length - 1
  if (times !== 1) return { why: `the text to replace stands ${times} times in ${file}: ${find}` }
  const changed = text.replace(find, () => replace)
  try {
    if (file.endsWith('.ts')) stripTypeScriptTypes(changed)
    return changed
  } catch (error) {
    return { why: `the sabotage is no TypeScript: ${(error as Error).message}` }
  }
}

function judge(report: VitestReport | undefined, copy: string, sabotage: Sabotage) {
  const tests = testsOf(report, copy, sabotage)
  const failures = tests
    .filter(({ status }) => status === 'failed')
    .map(({ failureMessages }) => failureMessages?.join('\n') ?? '')
  const unloaded = failures.find((message) =>
    /^(SyntaxError|Error \[ERR_MODULE|Error: Cannot find (module|package))/.test(message),
  )
  if (unloaded !== undefined) return { kind: 'broken', why: unloaded } as const
  if (failures.length > 0) return { kind: 'red' } as const
  if (tests.length > 0 && tests.every(({ status }) => status === 'passed')) {
    return { kind: 'green', why: `${sabotage.test} passes all the same` } as const
  }
  const said = report?.testResults.map(({ message }) => message).join('\n')
  return { kind: 'broken', why: `the test did not run: ${said ?? 'vitest ended without a report'}` } as const
}

function testsOf(report: VitestReport | undefined, copy: string, { test, testName = '' }: Sabotage): Tests {
  const files = report?.testResults.filter(({ name }) => name === join(copy, test)) ?? []
  return files.flatMap(({ assertionResults }) => assertionResults).filter(({ fullName }) => fullName.includes(testName))
}

/** Vitest takes a regular expression. */
function escapeRegExp(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

async function vitest(copy: string, args: string[], { database, signal }: Run): Promise<VitestReport | undefined> {
  const report = join(copy, 'sabotage-report.json')
  await rm(report, { force: true })
  const program = join(copy, 'node_modules/vitest/vitest.mjs')
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'run', ...args, '--reporter=json', `--outputFile=${report}`], {
      cwd: copy,
      env: { ...process.env, BEHALF_TEST_DATABASE: database },
      stdio: 'ignore',
      signal,
    })
    child.on('error', reject)
    child.on('exit', () => resolve())
  })
  return readFile(report, 'utf8').then(JSON.parse, () => undefined)
}
