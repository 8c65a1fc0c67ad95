import { expect, test } from 'vitest'
import { holds } from './conditions.ts'
import { makeExpressionPool } from './expressions/expression-pool.ts'
import type { Scope } from './scope.ts'
import type { Condition, Conditions } from './step.ts'

const scope: Scope = {
  trigger: { amount: 500, text: '10', nothing: null, empty: '', list: ['a', { b: 1 }], date: '2026-11-22', yes: true },
  steps: {},
  person: null,
  job: { id: 'job_1', recipe: 'r', created_at: '2026-11-22T10:00:00.000Z' },
}

// Starts nothing until it meets an expression.
const ctx = { expressions: makeExpressionPool() }
const answer = (conditions: Conditions, path = '') => holds(ctx, conditions, { scope, path })
const isTrue = (left: Condition['left'], is: Condition['is'], right?: Condition['right']) =>
  answer({ all: [{ left, is, right }] })

test.each<[Condition['left'], Condition['is'], Condition['right'], boolean]>([
  ['{{ trigger.amount }}', 'equal_to', 500, true],
  ['{{ trigger.amount }}', 'equal_to', '500.0', true],
  ['{{ trigger.amount }}', 'equal_to', 'five', false],
  ['{{ trigger.amount }}', 'not_equal_to', 5, true],
  ['{{ trigger.text }}', 'equal_to', '10.0', false],
  ['{{ trigger.yes }}', 'equal_to', 'true', true],
  ['{{ trigger.list }}', 'equal_to', ['a', { b: 1 }], true],
  [[true], 'equal_to', true, false],
  ['{{ trigger.text }}', 'greater_than', 9, true],
  ['{{ trigger.text }}', 'greater_than', '9', true],
  ['{{ trigger.amount }}', 'less_than', 500, false],
  ['{{ trigger.amount }}', 'less_than', 500.5, true],
  ['{{ trigger.date }}', 'less_than', '2026-12-01', true],
  ['opportunity', 'containing', 'tuni', true],
  ['opportunity', 'containing', '', true],
  ['opportunity', 'containing', 'tuna', false],
  ['aabaabaaab', 'containing', 'aabaaab', true],
  ['{{ trigger.list }}', 'containing', { b: 1 }, true],
  ['{{ trigger.nothing }}', 'containing', 'a', false],
  ['{{ trigger.text }}', 'starting_with', 1, true],
  ['{{ trigger.nothing }}', 'starting_with', 'a', false],
  ['{{ trigger.amount }}', 'present', undefined, true],
  ['{{ trigger.empty }}', 'present', undefined, false],
  ['{{ trigger.nothing.deeper }}', 'absent', undefined, true],
  ['{{ steps.never.ran }}', 'present', undefined, false],
])('%j %s %j is %s', async (left, is, right, expected) => {
  expect(await isTrue(left, is, right)).toBe(expected)
})

test('finds a part exactly where the language itself does', async () => {
  let seed = 3
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor(seed / 7) % below
  }
  const word = (length: number) => Array.from({ length }, () => 'ab'[random(2)]).join('')
  for (let round = 0; round < 2000; round++) {
    const [text, part] = [word(random(20)), word(random(6))]
    expect(await isTrue(text, 'containing', part), `${text} containing ${part}`).toBe(text.includes(part))
  }
})

test('all needs every condition, any needs one', async () => {
  const yes: Condition = { left: 1, is: 'equal_to', right: 1 }
  const no: Condition = { left: 1, is: 'equal_to', right: 2 }
  expect(await answer({ all: [yes, no] })).toBe(false)
  expect(await answer({ any: [no, yes] })).toBe(true)
  expect(await answer({ any: [no, no] })).toBe(false)
})

test('a first condition guards the next', async () => {
  const guarded: Condition[] = [
    { left: '{{ trigger.missing }}', is: 'present' },
    { left: '{{ trigger.missing }}', is: 'greater_than', right: 1 },
  ]
  expect(await answer({ all: guarded })).toBe(false)
})

test.each<[Condition, RegExp]>([
  [{ left: '{{ trigger.nothing }}', is: 'greater_than', right: 1 }, /nothing cannot be compared with a number/],
  [{ left: 'many', is: 'less_than', right: 1 }, /a text cannot be compared with a number/],
  [{ left: 1, is: 'equal_to' }, /needs a right side/],
  [{ left: { a: 1 }, is: 'containing', right: 'a' }, /an object is not a text/],
])('says where and why %j cannot be answered', async (condition, reason) => {
  await expect(answer({ any: [condition] }, 'steps[0].condition')).rejects.toMatchObject({
    message: expect.stringMatching(reason),
    code: 'condition_broken',
    details: { path: 'steps[0].condition.any[0]' },
  })
})

test('a pill that is not there is named, unless it is asked for', async () => {
  await expect(isTrue('{{ trigger.missing }}', 'equal_to', 1)).rejects.toMatchObject({
    code: 'mapping_broken',
    details: { path: 'all[0].left', pill: 'trigger.missing' },
  })
})
