// `npm run chaos [-- --seeds 200 | --seed 17]`: grants are used and refreshed by several processes while, by the seed, processes are
// killed or paused in the middle of a refresh, answers are lost or late, the provider is down, people disconnect. At a provider with grace
// no grant may be lost; at a strict one only those whose answer was cut; and whoever lost one has been asked.
import { parseArgs } from 'node:util'
import { startCrew } from './crew.ts'
import { playSeed, type SeedResult } from './play-seed.ts'
import { startTown } from './town.ts'

const { values } = parseArgs({
  options: {
    /** Plays the seeds from 1 to this. */
    seeds: { type: 'string', default: '200' },
    /** Plays this one alone. */
    seed: { type: 'string' },
    /** Seeds played at the same time; for each there are two processes more. */
    'at-once': { type: 'string', default: '2' },
  },
})
const seeds = values.seed === undefined ? range(Number(values.seeds)) : [Number(values.seed)]
const waiting = seeds.values()
const town = await startTown()
const lanes = Math.min(Number(values['at-once']), seeds.length)
// One crew for all: whoever looks after grants by itself looks after those of other seeds as well.
const crew = await startCrew(town, lanes * 2)
const results: SeedResult[] = []
try {
  await Promise.all(
    range(lanes).map(async () => {
      for (const seed of waiting) {
        const result = await playSeed(town, crew, seed)
        results.push(result)
        console.log(describe(result))
      }
    }),
  )
} finally {
  await crew.stop()
  await town.stop()
}
const failed = results.filter(({ problems }) => problems.length > 0)
console.log(summary(results))
process.exitCode = failed.length === 0 && results.length === seeds.length ? 0 : 1

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index + 1)
}

function describe({ seed, problems, grants, refreshes, lost, cutOff, ms }: SeedResult): string {
  const facts = `${grants} grants, ${refreshes} refreshes, ${cutOff} disconnected, lost ${lost.strict} strict, ${lost.grace} with grace`
  const line = `seed ${String(seed).padStart(4)} ${problems.length === 0 ? 'ok    ' : 'FAILED'} ${facts}, ${(ms / 1000).toFixed(1)} s`
  const why = problems.map((problem) => `\n         ${problem}`).join('')
  return problems.length === 0 ? line : `${line}${why}\n         again: node test/chaos/refresh.ts --seed ${seed}`
}

function summary(all: SeedResult[]): string {
  const sum = (read: (result: SeedResult) => number): number => all.reduce((total, each) => total + read(each), 0)
  return `chaos: ${all.length - failed.length} of ${all.length} seeds ok; ${sum((r) => r.grants)} grants, ${sum((r) => r.refreshes)} refreshes, ${crew.counts.killed} processes killed, ${crew.counts.paused} paused; lost ${sum((r) => r.lost.strict)} at the strict provider, ${sum((r) => r.lost.grace)} at the one with grace`
}
