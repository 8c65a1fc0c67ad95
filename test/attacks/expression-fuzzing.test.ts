import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { UserError } from '#core/errors.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import { makeExpressionPool } from '#recipes/expressions/expression-pool.ts'
import type { Json, Scope } from '#recipes/scope.ts'

// Random expressions and data. A failure prints its seed and the smallest expression that fails.
const LOOK_FOR_MS = 15_000
const END_WITHIN_MS = 10_000

const expressions = makeExpressionPool()
afterAll(() => expressions.close())

const NAMED = ['expression_broken', 'expression_timeout', 'expression_too_large', 'mapping_too_large', 'mapping_broken']

/** A value or a named error, soon; anything else fails. */
async function ends(source: string, trigger: Json): Promise<void> {
  const scope: Scope = {
    trigger,
    steps: { find: trigger },
    person: null,
    job: { id: 'job_1', recipe: 'r', created_at: '2026-11-22T10:00:00.000Z' },
  }
  const start = performance.now()
  try {
    const value = await evaluateMapping({ expressions }, `{{= ${source} }}`, { scope, path: 'input' })
    expect(JSON.parse(JSON.stringify(value))).toEqual(value)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    expect(NAMED).toContain(error.code)
    expect(error.message).not.toContain('planted-secret')
  }
  expect(performance.now() - start).toBeLessThan(END_WITHIN_MS)
}

const FUNCTIONS =
  'sum count max min average string substring substringBefore length trim pad match contains replace split join formatNumber formatBase number abs power sqrt keys lookup append exists spread merge reverse each error assert type sort shuffle distinct zip map filter single reduce sift toMillis fromMillis clone eval now base64encode decodeUrl'.split(
    ' ',
  )
const LEAVES = [
  'trigger',
  'trigger.a',
  'trigger.*',
  'trigger.**',
  'steps.find.b',
  '$',
  '$$',
  '%',
  '$x',
  'null',
  '-1',
  '0',
  '1e9',
  '"planted"',
  '/(a*)*b/',
  '/[/',
  '[1..50]',
  '{}',
  'constructor',
  '`__proto__`',
  '$f',
]
const OPERATORS = ['+', '-', '*', '/', '%', '&', '=', '!=', '<', '>=', 'in', 'and', 'or', '~>', '.', '??', '?:', '..']

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const one = tie('expression')
  const wrapped = (...parts: [string, ...string[]]) =>
    fc
      .tuple(...parts.slice(1).map(() => one))
      .map((inner) => parts.map((part, index) => part + (inner[index] ?? '')).join(''))
  return {
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(...LEAVES),
      fc.tuple(one, fc.constantFrom(...OPERATORS), one).map((parts) => parts.join(' ')),
      fc
        .tuple(fc.constantFrom(...FUNCTIONS), fc.array(one, { maxLength: 3 }))
        .map(([name, given]) => `$${name}(${given.join(', ')})`),
      wrapped('(', ')'),
      wrapped('[', ', ', ']'),
      wrapped('{"a": ', ', $string(', '): ', '}'),
      wrapped('', '[', ']'),
      wrapped('', ' ? ', ' : ', ''),
      wrapped('($x := ', '; ', ')'),
      wrapped('($f := function($x) { ', ' }; $f(', '))'),
      wrapped('', '^(>', ')'),
      wrapped('', '{', ': ', '}'),
      wrapped('', '@$x.', ''),
      wrapped('', ' ~> |', '|', '|'),
    ),
  }
})

/** An expression with something taken out, doubled or put in: mostly what cannot be read. */
const mutated = fc
  .tuple(
    expression,
    fc.nat(),
    fc.nat({ max: 8 }),
    fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('(', '}', '..', '/')),
  )
  .map(([source, at, length, put]) => {
    const from = at % (source.length + 1)
    return source.slice(0, from) + put + source.slice(from + (length % 3 === 0 ? -length : length))
  })

const data = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => ({ a: value, b: [value, 'planted-secret'], __proto: value }) as Json)

test('expression-bomb: whatever is written, it ends with a value or a named error', async () => {
  const property = fc.asyncProperty(fc.oneof(expression, mutated), data, ends)
  await fc.assert(property, { numRuns: 100_000, interruptAfterTimeLimit: LOOK_FOR_MS })
  expect(await evaluateMapping({ expressions }, '{{= 1 + 1 }}', { scope: { trigger: {} } as Scope, path: '' })).toBe(2)
}, 90_000)
