import { evaluateMapping } from '../src/recipes/expressions/evaluate-mapping.ts'
import { makeExpressionPool } from '../src/recipes/expressions/expression-pool.ts'
import type { Scope } from '../src/recipes/scope.ts'
import type { Mapping } from '../src/recipes/step.ts'
import { type Figures, figuresOf, runRound } from './load.ts'
import { table } from './report.ts'

interface MappingFigures extends Figures {
  name: string
  concurrency: number
}

const records = Array.from({ length: 1000 }, (_, index) => ({
  Id: `006${index}`,
  Name: `Acme ${index}`,
  Amount: index,
}))
const scope: Scope = {
  trigger: { name: 'Acme', amount: 500, lines: [{ price: 2, count: 3 }] },
  steps: { find: { id: '006', record: { Name: 'Acme', Owner: { Email: 'alice@acme.test' } } }, list: { records } },
  person: { id: 'per_1', name: 'Alice Ng', email: 'alice@acme.test' },
  job: { id: 'job_1', recipe: 'create opportunity', created_at: '2026-11-22T10:00:00.000Z' },
}

const CASES: [name: string, mapping: Mapping, concurrency: number][] = [
  [
    'an input of five pills',
    {
      Name: '{{ trigger.name }}',
      Amount: '{{ trigger.amount }}',
      Description: 'For {{ person.name }} by {{ job.recipe }}',
      OwnerEmail: '{{ steps.find.record.Owner.Email }}',
    },
    1,
  ],
  ['one expression', { Total: '{{= $sum(trigger.lines.(price * count)) }}' }, 1],
  ['one expression', { Total: '{{= $sum(trigger.lines.(price * count)) }}' }, 20],
  ['one expression over 1,000 records', { Total: '{{= $sum(steps.list.records.Amount) }}' }, 1],
]

/** Resolves mappings in this process, as a job's step does, each case for so long. */
export async function measureMappings(seconds: number): Promise<MappingFigures[]> {
  const expressions = makeExpressionPool()
  const measured: MappingFigures[] = []
  try {
    for (const [name, mapping, concurrency] of CASES) {
      const once = () => evaluateMapping({ expressions }, mapping, { scope, path: 'steps[0].input' })
      await runRound(concurrency, seconds / 4, once)
      measured.push({ name, concurrency, ...figuresOf(await runRound(concurrency, seconds, once)) })
    }
  } finally {
    expressions.close()
  }
  return measured
}

/** The mappings as a part of RESULTS.md. */
export function reportOfMappings(machine: string[], measured: MappingFigures[]): string {
  return [
    '## Mappings, without a job around them',
    machine.map((line) => `- ${line}`).join('\n'),
    table(
      ['a step’s input of', 'at once', 'per second', 'p50 µs', 'p99 µs'],
      measured.map(({ name, concurrency, perSecond, p50, p99 }) => [
        name,
        String(concurrency),
        Math.round(perSecond).toLocaleString('en'),
        (p50 * 1000).toFixed(0),
        (p99 * 1000).toFixed(0),
      ]),
    ),
  ].join('\n\n')
}
