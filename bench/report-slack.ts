import type { SlackFigures } from './measure-slack.ts'
import { table } from './report.ts'

/** How long Slack waits for acknowledgements, as a part of RESULTS.md, with the machine of its hour. */
export function reportOfSlack(machine: string[], measured: SlackFigures[]): string {
  return [
    '## Acknowledging slash commands of Slack, each a job',
    machine.map((line) => `- ${line}`).join('\n'),
    table(
      ['commands', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'slowest ms', 'later than 3 s'],
      measured.map(({ what, figures: { perSecond, p50, p95, p99 }, slowest, late }) => [
        what,
        perSecond.toFixed(1),
        ...[p50, p95, p99, slowest].map((ms) => ms.toFixed(1)),
        late,
      ]),
    ),
  ].join('\n\n')
}
