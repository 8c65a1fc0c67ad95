import { expect, test, vi } from 'vitest'
import { noteFigures } from '../chaos/note-figures.ts'
import { playTakeover } from '../chaos/play-takeover.ts'

/** `npm run chaos` has 1,000. */
const JOBS = Number(process.env.TAKEOVER_JOBS ?? 60)

vi.setConfig({ testTimeout: 120_000 + JOBS * 500 })

test('killed-of-two: when one of two processes is killed, every job ends, nothing is done twice, and the other takes over within half a minute', async () => {
  const takeover = await playTakeover(JOBS)
  const { jobs, succeeded, unknown, problems, held, takenOverMs } = takeover
  console.log(
    `${jobs} jobs, ${unknown} with an unknown outcome; ${held} taken over after ${(takenOverMs / 1000).toFixed(1)} s`,
  )
  expect(problems).toEqual([])
  expect(succeeded + unknown).toBe(jobs)
  expect(succeeded).toBeGreaterThan(jobs / 2)
  expect(takenOverMs).toBeLessThan(30_000)
  await noteFigures(takeover)
})
