import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BEGINNING, COMMANDS } from './job-machine-commands.ts'
import { newModel } from './job-machine-model.ts'
import { startWorld, type World } from './job-machine-world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world?.stop())

/** A failure names where it was: `SEED=…`, `AT=…` (its `path`) and `REPLAY=…` (its `replayPath`) play it once more. More `ROUNDS` look further. */
const { SEED = '1', AT, REPLAY, ROUNDS = '6' } = process.env
const replay = REPLAY === undefined ? {} : { replayPath: REPLAY }
const at = AT === undefined ? {} : { path: AT, endOnFailure: true }

test('whatever happens to jobs and to what they wait for, and in whichever order, each is where it must be, and nothing is done twice or by another', async () => {
  const happened = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 40, size: 'max', ...replay }), async (commands) => {
      await world.beginRound()
      const model = newModel()
      try {
        await fc.asyncModelRun(() => ({ model, real: world }), [...BEGINNING, ...commands])
      } finally {
        await world.endRound()
      }
      for (const { status, made } of model.jobs) count(happened, `${status} after ${made.length}`)
    }),
    { numRuns: Number(ROUNDS), seed: Number(SEED), interruptAfterTimeLimit: 150_000, ...at },
  )
  // The walks came to every end, with and without something done before.
  const walked = [...happened].sort().map(([what, times]) => `${times} ${what}`)
  console.log(`seed ${SEED}: ${walked.join(', ')}`)
  for (const status of AT === undefined ? ['succeeded', 'failed', 'cancelled', 'expired'] : [])
    expect([...happened.keys()].some((each) => each.startsWith(status))).toBe(true)
}, 240_000)

const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
