import { afterAll, expect, test } from 'vitest'
import type { Json, Scope } from '../scope.ts'
import { evaluateMapping } from './evaluate-mapping.ts'
import { makeExpressionPool } from './expression-pool.ts'

const scope: Scope = {
  trigger: {
    name: 'Acme',
    lines: [
      { price: 2, count: 3 },
      { price: 5, count: 1 },
    ],
    note: null,
  },
  steps: { find: { records: [{ Id: '1' }, { Id: '2' }] }, make: { id: 'x' } },
  person: { id: 'per_1', name: 'Alice Ng', email: null },
  job: { id: 'job_1', recipe: 'r', created_at: '2026-11-22T10:00:00.000Z' },
}
const expressions = makeExpressionPool()
afterAll(() => expressions.close())

const evaluated = (source: string) =>
  evaluateMapping({ expressions }, `{{= ${source} }}`, { scope, path: 'steps[0].input' })

test.each<[string, Json]>([
  ['$sum(trigger.lines.(price * count))', 11],
  ['steps.find.records.Id', ['1', '2']],
  ['steps.find.records[Id = "2"]', { Id: '2' }],
  ['"Hello " & person.name', 'Hello Alice Ng'],
  ['trigger.name = "Acme"', true],
  ['trigger.note', null],
  ['trigger.missing', null],
  ['{"name": trigger.name, "none": trigger.missing}', { name: 'Acme' }],
  ['$keys()', ['trigger', 'steps', 'person', 'job']],
  ['$count($$.*)', 4],
  ['$map(trigger.lines, function($line) { $line.price })', [2, 5]],
  ['$exists(trigger.missing) ? 1 : steps.make.id', 'x'],
  ['{"a": {"b": 1}}', { a: { b: 1 } }],
])('evaluates %s', async (source, value) => {
  expect(await evaluated(source)).toEqual(value)
})
