import type { Storm } from './measure-storm.ts'
import { table } from './report.ts'

/** The storm as a part of RESULTS.md, with the machine of its hour. */
export function reportOfStorm(machine: string[], storm: Storm): string {
  const { uses, processes, atOnce, refreshRequests, seconds } = storm
  return [
    '## Many uses of one expired token',
    machine.map((line) => `- ${line}`).join('\n'),
    table(
      ['uses', 'processes', 'at once in each', 'refresh requests', 'seconds', 'uses/s'],
      [
        [
          uses.toLocaleString('en'),
          processes,
          atOnce,
          refreshRequests,
          seconds.toFixed(1),
          (uses / seconds).toFixed(0),
        ],
      ],
    ),
  ].join('\n\n')
}
