import type { Starts } from './measure-starts.ts'
import { table } from './report.ts'

/** How long it takes to start, as a part of RESULTS.md, with the machine of its hour. */
export function reportOfStarts(machine: string[], { first, later }: Starts): string {
  const cells = (all: number[]): string[] => [all[all.length >> 1] ?? 0, ...all].map((ms) => (ms / 1000).toFixed(2))
  return [
    '## From the start of the server to a served page',
    machine.map((line) => `- ${line}`).join('\n'),
    table(
      ['', 'median s', ...first.map((_, n) => `${n + 1}.`)],
      [
        ['on an empty folder', ...cells(first)],
        ['later', ...cells(later)],
      ],
    ),
  ].join('\n\n')
}
