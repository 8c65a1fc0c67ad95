import { expect, test, vi } from 'vitest'
import { noteFigures } from '../chaos/note-figures.ts'
import { playWaiting } from '../chaos/play-waiting.ts'

/** `npm run chaos` has 100,000. */
const JOBS = Number(process.env.WAITING_JOBS ?? 2_000)

vi.setConfig({ testTimeout: 120_000 + JOBS * 60 })

test('many waiting jobs all go on, each once, when their people have connected once, and nobody waits for those of another', async () => {
  const waited = await playWaiting(JOBS)
  const { jobs, persons, answeredInMs, leftBehind, seconds, problems } = waited
  console.log(
    `${jobs} jobs of ${persons} people went on in ${seconds.toFixed(0)} s; who had half of them was answered after ${answeredInMs.toFixed(0)} ms`,
  )
  expect(problems).toEqual([])
  expect(leftBehind).toBeGreaterThan(0)
  await noteFigures(waited)
})
