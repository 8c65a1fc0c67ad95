// `npm run chaos [-- --seeds 200]`: the long forms of what `npm test` runs short. Grants refreshed by processes that are killed and
// paused (`refresh.ts`), then one of two processes killed with 1,000 jobs in flight, then 100,000 waiting jobs whose people connect.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const refresh = await run([file('refresh.ts'), ...process.argv.slice(2)])
const vitest = [file('../../node_modules/vitest/vitest.mjs'), 'run', '--project', 'node']
const takeover = await run([...vitest, 'test/attacks/killed-of-two.test.ts'], { TAKEOVER_JOBS: '1000' })
const waiting = await run([...vitest, 'test/scenarios/many-waiting.test.ts'], { WAITING_JOBS: '100000' })
process.exitCode = [refresh, takeover, waiting].every((code) => code === 0) ? 0 : 1

async function run(args: string[], env: Record<string, string> = {}): Promise<number | null> {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  const [code] = await once(child, 'exit')
  return code
}
