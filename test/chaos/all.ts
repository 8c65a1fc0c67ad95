// `npm run chaos [-- --seeds 200] [-- --write] [-- refresh takeover waiting]`: the long forms of what `npm test` runs short. Grants refreshed by
// processes that are killed and paused (`refresh.ts`), then one of two processes killed with 1,000 jobs in flight, then 100,000 waiting
// jobs whose people connect. With `--write` the figures of the last two are kept in bench/RESULTS.md.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine } from '../../bench/describe-machine.ts'
import { keepReport } from '../../bench/keep-report.ts'
import { reportOfTakeover, reportOfWaited } from '../../bench/report-chaos.ts'

const { values: options, positionals: only } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '200' }, write: { type: 'boolean', default: false } },
})
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'behalf-chaos-'))

const runs: Record<string, () => Promise<boolean>> = {
  refresh: () => run([file('refresh.ts'), '--seeds', options.seeds]),
  takeover: () => runTest('test/attacks/killed-of-two.test.ts', { TAKEOVER_JOBS: '1000' }, reportOfTakeover),
  waiting: () => runTest('test/scenarios/many-waiting.test.ts', { WAITING_JOBS: '100000' }, reportOfWaited),
}
const unknown = only.filter((name) => !(name in runs))
if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}, only ${Object.keys(runs).join(', ')}`)
try {
  for (const [name, play] of Object.entries(runs))
    if (only.length === 0 || only.includes(name)) process.exitCode = (await play()) ? (process.exitCode ?? 0) : 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function runTest<T>(
  test: string,
  env: Record<string, string>,
  reportOf: (machine: string[], figures: T) => string,
): Promise<boolean> {
  const figures = join(folder, 'figures.json')
  const vitest = [file('../../node_modules/vitest/vitest.mjs'), 'run', '--project', 'node', test]
  if (!(await run(vitest, { ...env, CHAOS_FIGURES: figures }))) return false
  const machine = describeMachine('Behalf, PostgreSQL (as tests have it: fsync off), the CRM and the load')
  const report = reportOf(machine, JSON.parse(await readFile(figures, 'utf8')))
  console.log(report)
  if (options.write) await keepReport(report)
  return true
}

async function run(args: string[], env: Record<string, string> = {}): Promise<boolean> {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  const [code] = await once(child, 'exit')
  return code === 0
}
