import type { Takeover } from '../test/chaos/play-takeover.ts'
import type { Waited } from '../test/chaos/play-waiting.ts'
import { table } from './report.ts'

/** One of two processes killed, as a part of RESULTS.md. */
export const reportOfTakeover = (
  machine: string[],
  { jobs, held, succeeded, unknown, repeated, takenOverMs }: Takeover,
): string =>
  part('One of two processes killed, with jobs in flight', machine, [
    ['jobs', 'held by the killed one', 'taken over after s', 'succeeded', 'outcome unknown', 'finished steps repeated'],
    [jobs, held, (takenOverMs / 1000).toFixed(1), succeeded, unknown, repeated].map((each) =>
      each.toLocaleString('en'),
    ),
  ])

/** Waiting jobs whose people connect, as a part of RESULTS.md. That each ran once is for the test to see to. */
export const reportOfWaited = (machine: string[], { jobs, persons, answeredInMs, seconds }: Waited): string =>
  part('Waiting jobs that all go on', machine, [
    ['waiting', 'people', 'callback of the one with half of them, ms', 'until all have ended, s', 'jobs/s'],
    [jobs, persons, Math.round(answeredInMs), Math.round(seconds), Math.round(jobs / seconds)].map((each) =>
      each.toLocaleString('en'),
    ),
  ])

function part(title: string, machine: string[], [head = [], ...rows]: (string | number)[][]): string {
  return [`## ${title}`, machine.map((line) => `- ${line}`).join('\n'), table(head.map(String), rows)].join('\n\n')
}
