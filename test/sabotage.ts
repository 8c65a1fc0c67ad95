// `npm run sabotage [-- name…]`: applies each sabotage in a scratch copy and expects its test to fail. The checkout is never touched.
import { setMaxListeners } from 'node:events'
import { rm } from 'node:fs/promises'
import { cleanRun, type Outcome, trySabotage } from './sabotage/run.ts'
import { makeScratch } from './sabotage/scratch.ts'
import { sabotages } from './sabotages.ts'
import { startTestServer } from './support/global-setup.ts'

/** Two at once: a run is mostly waiting for the other half of the machine. */
const AT_ONCE = 2

const names = process.argv.slice(2)
const chosen = sabotages.filter(({ name }) => names.length === 0 || names.some((wanted) => name.startsWith(wanted)))
const stop = new AbortController()
setMaxListeners(100, stop.signal)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

const scratch = await makeScratch(AT_ONCE)
const database = await startTestServer()
try {
  const run = { database: database.connectionString, signal: stop.signal }
  const problems = await cleanRun(scratch.copies, chosen, run)
  for (const problem of problems) console.log(problem)
  if (problems.length === 0) await tryAll(run)
  else process.exitCode = 1
} finally {
  await database.stop()
  await rm(scratch.folder, { recursive: true, force: true })
}

async function tryAll(run: { database: string; signal: AbortSignal }): Promise<void> {
  const waiting = chosen.values()
  let red = 0
  await Promise.all(
    scratch.copies.map(async (copy) => {
      for (const sabotage of waiting) {
        const outcome = await trySabotage(copy, sabotage, run)
        if (outcome.kind === 'red') red++
        console.log(describe(sabotage.name, sabotage.file, outcome))
      }
    }),
  )
  console.log(`sabotage: ${red} of ${chosen.length} red`)
  process.exitCode = red === chosen.length && red > 0 ? 0 : 1
}

function describe(name: string, file: string, outcome: Outcome): string {
  const seconds = `${(outcome.ms / 1000).toFixed(1)} s`
  const mark = { red: 'red ✓   ', green: 'GREEN ✗ ', broken: 'BROKEN ✗' }[outcome.kind]
  const line = `${mark} ${name.padEnd(44)} ${file.padEnd(48)} ${seconds.padStart(7)}`
  return outcome.kind === 'red' ? line : `${line}\n         ${outcome.why}`
}
