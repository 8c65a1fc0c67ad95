import type { Figures } from './load.ts'
import type { BesideFigures } from './measure-beside.ts'
import { table } from './report.ts'

/** The products side by side as a part of RESULTS.md, with the machine of their hour. */
export function reportOfBeside(
  machine: string[],
  { version, concurrency, behalf, n8n, unisolated }: BesideFigures,
): string {
  const row = (name: string, { perSecond, p50, p95, p99 }: Figures) => [
    name,
    Math.round(perSecond),
    ...[p50, p95, p99].map((ms) => ms.toFixed(1)),
  ]
  const ratios = (name: string, other: Figures) => [
    name,
    ...(['perSecond', 'p50', 'p95', 'p99'] as const).map((each) => (behalf[each] / other[each]).toFixed(2)),
  ]
  return [
    '## Beside n8n: webhook → HTTP request with a credential → reply, every run kept',
    [...machine, `n8n ${version}, ${concurrency} at once, rounds of each in turn`]
      .map((line) => `- ${line}`)
      .join('\n'),
    table(
      ['', 'runs/s', 'p50 ms', 'p95 ms', 'p99 ms'],
      [
        row('Behalf', behalf),
        row('n8n with its defaults', n8n),
        row('n8n, expressions not isolated', unisolated),
        ratios('Behalf, times n8n with its defaults', n8n),
        ratios('Behalf, times n8n, not isolated', unisolated),
      ],
    ),
  ].join('\n\n')
}
