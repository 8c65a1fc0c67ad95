import type { ListsMeasured } from './measure-lists.ts'
import { table } from './report.ts'

/** The lists as a part of RESULTS.md: with the machine, because it may have been another hour than the rest's. */
export function reportOfLists(machine: string[], { sizes, lists }: ListsMeasured): string {
  const named = sizes.map((size) => size.toLocaleString('en'))
  return [
    '## One page of the runtime user connections, over the API, one at a time',
    machine.map((line) => `- ${line}`).join('\n'),
    table(
      ['', ...named.flatMap((size) => [`p50 ms of ${size}`, 'p99 ms']), 'p99, times'],
      lists.map(({ name, bySize }) => [
        name,
        ...bySize.flatMap(({ p50, p99 }) => [p50.toFixed(1), p99.toFixed(1)]),
        ((bySize.at(-1)?.p99 ?? 0) / (bySize[0]?.p99 ?? 1)).toFixed(1),
      ]),
    ),
  ].join('\n\n')
}
