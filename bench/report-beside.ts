import type { Figures } from './load.ts'
import type { BesideFigures } from './measure-beside.ts'
import { table } from './report.ts'

/** Both products side by side as a part of RESULTS.md, with the machine of their hour. */
export function reportOfBeside(machine: string[], { version, concurrency, behalf, n8n }: BesideFigures): string {
  const row = (name: string, { perSecond, p50, p95, p99 }: Figures) => [
    name,
    Math.round(perSecond),
    ...[p50, p95, p99].map((ms) => ms.toFixed(1)),
  ]
  const ratios = (['perSecond', 'p50', 'p95', 'p99'] as const).map((each) => (behalf[each] / n8n[each]).toFixed(2))
  return [
    '## Beside n8n: webhook → HTTP request with a credential → reply, every run kept',
    [...machine, `n8n ${version} with its defaults, ${concurrency} at once, rounds of each in turn`]
      .map((line) => `- ${line}`)
      .join('\n'),
    table(
      ['', 'runs/s', 'p50 ms', 'p95 ms', 'p99 ms'],
      [row('Behalf', behalf), row('n8n', n8n), ['Behalf, times n8n', ...ratios]],
    ),
  ].join('\n\n')
}
