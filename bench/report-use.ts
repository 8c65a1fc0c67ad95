import type { UseFigures } from './measure-use.ts'
import { table } from './report.ts'

/** The use of connections among few and among many, as a part of RESULTS.md, with the machine of its hour. */
export function reportOfUse(machine: string[], figures: UseFigures[]): string {
  const [few, many] = [figures[0], figures.at(-1)]
  const changed = (many?.plans ?? []).filter((plan) => !few?.plans.includes(plan))
  const ms = ({ p50, p95, p99 }: UseFigures['first']): string[] => [p50, p95, p99].map((each) => each.toFixed(2))
  const times = (['first', 'again'] as const).flatMap((use) =>
    (['p50', 'p95', 'p99'] as const).map((at) => ((many?.[use][at] ?? 0) / (few?.[use][at] ?? 1)).toFixed(1)),
  )
  return [
    '## Using one of many people’s connections, one at a time',
    machine.map((line) => `- ${line}`).join('\n'),
    table(
      ['children', 'first use: p50 ms', 'p95 ms', 'p99 ms', 'again: p50 ms', 'p95 ms', 'p99 ms'],
      [
        ...figures.map(({ children, first, again }) => [children.toLocaleString('en'), ...ms(first), ...ms(again)]),
        ['times', ...times],
      ],
    ),
    changed.length === 0
      ? 'PostgreSQL goes about every statement of it in the same way.'
      : `PostgreSQL goes about it in another way:\n\n${changed.map((plan) => `\`\`\`\n${plan}\n\`\`\``).join('\n\n')}`,
  ].join('\n\n')
}
