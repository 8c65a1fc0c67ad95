import { expect, test } from 'vitest'
import { holds } from '#recipes/conditions.ts'
import { makeExpressionPool } from '#recipes/expressions/expression-pool.ts'
import { resolveMapping } from '#recipes/mapping.ts'
import { parseRecipe } from '#recipes/parse-recipe.ts'
import type { Json, Scope } from '#recipes/scope.ts'
import type { Condition, Mapping } from '#recipes/step.ts'

// A promise of time is a promise of order: each of these takes milliseconds when it is kept and minutes, or forever, when it is not.
const SOON_MS = 5_000

const scopeOf = (trigger: Json): Scope => ({
  trigger,
  steps: {},
  person: null,
  job: { id: 'job_1', recipe: 'r', created_at: '2026-11-22T10:00:00.000Z' },
})

function timed<T>(work: () => T, limitMs = SOON_MS): T {
  const start = performance.now()
  try {
    return work()
  } finally {
    expect(performance.now() - start).toBeLessThan(limitMs)
  }
}

async function timedUntilDone<T>(work: () => Promise<T>, limitMs = SOON_MS): Promise<T> {
  const start = performance.now()
  try {
    return await work()
  } finally {
    expect(performance.now() - start).toBeLessThan(limitMs)
  }
}

const ctx = { expressions: makeExpressionPool() }

const tooLarge = expect.objectContaining({ code: 'mapping_too_large' })
const broken = expect.objectContaining({ code: 'mapping_broken' })

test('expression-bomb: a gigabyte by repetition is refused', () => {
  const scope = scopeOf({ big: 'x'.repeat(500_000), list: Array(100_000).fill('xxxx') })
  for (const mapping of [
    '{{ trigger.big }}'.repeat(2000),
    Array<string>(2000).fill('{{ trigger.big }}'),
    Object.fromEntries(Array.from({ length: 2000 }, (_, key) => [`k${key}`, '{{ trigger.list }}'])),
    'a{{ trigger }}'.repeat(2000),
    Array<Mapping>(2000).fill(['{{ trigger }}', { deep: '{{ trigger }}' }]),
  ]) {
    expect(() => timed(() => resolveMapping(mapping, scope, 'steps[0].input'))).toThrow(tooLarge)
  }
})

test('expression-bomb: a value of a hundred megabytes is refused without being copied', () => {
  const scope = scopeOf({ text: 'é'.repeat(50_000_000), list: Array(5_000_000).fill(1) })
  for (const mapping of ['{{ trigger.text }}', '-{{ trigger.text }}', '{{ trigger.list }}', '-{{ trigger.list }}']) {
    expect(() => timed(() => resolveMapping(mapping, scope))).toThrow(tooLarge)
  }
})

test('expression-bomb: characters that grow when they are written as JSON are counted as they grow', () => {
  const scope = scopeOf({ nul: ['\u0001'.repeat(400_000)] })
  expect(() => resolveMapping('-{{ trigger.nul }}', scope)).toThrow(tooLarge)
})

test('expression-bomb: a value nested a hundred thousand levels deep is refused by name', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
  for (const mapping of ['{{ trigger.deep }}', '-{{ trigger.deep }}']) {
    expect(() => timed(() => resolveMapping(mapping, scopeOf({ deep })))).toThrow(tooLarge)
  }
})

test('expression-bomb: no text takes long to parse', () => {
  for (const text of [
    '{{'.repeat(50_000),
    '{{ '.repeat(33_000),
    `{{ trigger${'.a'.repeat(49_000)} }}`,
    `{{ trigger["${'\\\\'.repeat(49_000)}`,
    `{{${' '.repeat(99_000)}`,
    '{{{{'.repeat(25_000),
    '{{ trigger.a? }}'.repeat(6_000),
    `{{ trigger${'["'.repeat(49_000)}`,
  ]) {
    timed(() => {
      try {
        resolveMapping(text, scopeOf({}))
      } catch (error) {
        expect(error).toEqual(broken)
      }
    })
  }
})

test('expression-bomb: no comparison takes long', async () => {
  const half = 'a'.repeat(15_000)
  const scope = scopeOf({ text: 'a'.repeat(1_000_000), part: `${half}b${half}`, digits: `${'1'.repeat(900_000)}x` })
  const isMet = (condition: Condition) => holds(ctx, { all: [condition] }, { scope, path: '' })
  // Ten milliseconds against ten seconds: the limit stands between them, and the sabotage need not take minutes.
  const found = await timedUntilDone(
    () => isMet({ left: '{{ trigger.text }}', is: 'containing', right: '{{ trigger.part }}' }),
    2_000,
  )
  expect(found).toBe(false)
  expect(await timedUntilDone(() => isMet({ left: '{{ trigger.digits }}', is: 'equal_to', right: 1 }))).toBe(false)
})

test('expression-bomb: nothing that is not data can be reached', () => {
  const scope = scopeOf({ object: { own: 1 }, list: [1], text: 'text', number: 1 })
  for (const path of [
    'trigger.constructor',
    'trigger["constructor"]',
    'trigger.object.constructor.constructor',
    'trigger.__proto__',
    'trigger.object["__proto__"]["toString"]',
    'trigger.list.map',
    'trigger.list.length',
    'trigger.text.length',
    'trigger.number.toFixed',
    'trigger.object.hasOwnProperty',
    'trigger.object.prototype',
    'trigger.toString',
    'globalThis.process',
    'process.env',
    'this.constructor',
    'trigger.object[constructor]',
    'trigger.list.map(x)',
    '`x`',
  ]) {
    expect(() => resolveMapping(`{{ ${path} }}`, scope), path).toThrow(broken)
  }
})

test('expression-bomb: data cannot become anybody’s prototype', () => {
  const evil = JSON.parse('{"body":{"__proto__":{"admin":true}}}')
  expect(() => resolveMapping('{{ trigger.body }}', scopeOf(evil))).toThrow(broken)
  expect(() => resolveMapping(JSON.parse('{"__proto__":{"admin":true}}'), scopeOf({}))).toThrow(broken)
  const named = resolveMapping(JSON.parse('{"constructor":"x","toString":"y"}'), scopeOf({}))
  expect(Object.keys(named as object)).toEqual(['constructor', 'toString'])
  expect(({} as { admin?: boolean }).admin).toBeUndefined()
})

test('expression-bomb: a recipe nested too deep, too large or with a prototype in it is refused by name', () => {
  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
  const recipe = (input: unknown) => ({
    name: 'r',
    trigger: { kind: 'api' },
    steps: [{ kind: 'action', name: 'a', connection: 'c', action: 'x', input }],
  })
  const problemOf = (input: unknown) => {
    try {
      timed(() => parseRecipe(recipe(input)))
    } catch (error) {
      return (error as { details?: { problems: { code: string }[] } }).details?.problems[0]?.code
    }
    return 'accepted'
  }
  expect(problemOf(nested(50))).toBe('accepted')
  expect(problemOf(nested(200_000))).toBe('recipe_too_deep')
  expect(problemOf(Object.fromEntries(Array.from({ length: 20 }, (_, key) => [key, 'x'.repeat(60_000)])))).toBe(
    'recipe_too_large',
  )
  expect(problemOf(JSON.parse('{"a":{"__proto__":{"b":1}}}'))).toBe('recipe_malformed')
})
