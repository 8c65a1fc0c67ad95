import type { WaitingFigures } from './measure-waiting.ts'
import { table } from './report.ts'

/** What waiting jobs cost, as a part of RESULTS.md, with the machine of its hour. */
export function reportOfWaiting(machine: string[], figures: WaitingFigures[]): string {
  return [
    '## Waiting jobs, each of its own person',
    machine.map((line) => `- ${line}`).join('\n'),
    table(
      [
        'waiting',
        'idle: CPU ms/s',
        'PostgreSQL CPU ms/s',
        'MB',
        'PostgreSQL MB',
        'callback: p50 ms',
        'p95 ms',
        'p99 ms',
      ],
      figures.map(({ waiting, idle: { behalf, postgres }, callback }) => [
        waiting.toLocaleString('en'),
        told(behalf.cpuMsPerSecond),
        told(postgres.cpuMsPerSecond),
        told(behalf.bytes, 2 ** 20),
        told(postgres.bytes, 2 ** 20),
        ...[callback.p50, callback.p95, callback.p99].map((ms) => ms.toFixed(1)),
      ]),
    ),
  ].join('\n\n')
}

const told = (value: number | null, unit = 1): string => (value === null ? 'not told' : (value / unit).toFixed(1))
