import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import { makeExpressionPool } from '#recipes/expressions/expression-pool.ts'
import type { Json, Scope } from '#recipes/scope.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'

// An expression has a second from when it begins to run, and others may come before it.
const SOON_MS = 15_000
vi.setConfig({ testTimeout: 90_000 })

const expressions = makeExpressionPool()
afterAll(() => expressions.close())

const scopeOf = (trigger: Json): Scope => ({
  trigger,
  steps: {},
  person: null,
  job: { id: 'job_1', recipe: 'r', created_at: '2026-11-22T10:00:00.000Z' },
})
const evaluate = (source: string, trigger: Json = {}) =>
  evaluateMapping({ expressions }, { value: `{{= ${source} }}` }, { scope: scopeOf(trigger), path: 'steps[0].input' })

/** The code of the error that it ends with, soon and with where it stands; else its value. */
async function endOf(source: string, trigger: Json = {}): Promise<unknown> {
  const start = performance.now()
  try {
    return await evaluate(source, trigger)
  } catch (error) {
    const { code, details } = error as { code: string; details: { path: string } }
    expect(details.path).toMatch(/^steps\[0\]\.input/)
    return code
  } finally {
    expect(performance.now() - start).toBeLessThan(SOON_MS)
  }
}

const TOO_MUCH = /^expression_(too_large|timeout)$/
const BROKEN = /^expression_broken$/
const SLOW = /^expression_timeout$/
const ENDLESS_REGEX = '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)'

/** A function that puts what it has into something larger, so many times. */
const again = (start: string, step: string, times: number) =>
  `($again := function($it, $n) { $n = 0 ? $it : $again(${step}, $n - 1) }; $again(${start}, ${times}))`

test.each([
  ['a recursion without end', '($f := function($n) { 1 + $f($n) }; $f(1))', BROKEN],
  ['a loop without end', '($f := function($n) { $f($n + 1) }; $f(1))', SLOW],
  ['a catastrophic regular expression', ENDLESS_REGEX, SLOW],
  ['a range of ten million', '[1..10000000]', TOO_MUCH],
  ['ranges within ranges', '$map([1..900000], function($i) { [1..900000] })', TOO_MUCH],
  ['a text doubled forty times', `$length(${again('"xxxxxxxx"', '$it & $it', 40)})`, TOO_MUCH],
  ['a text doubled and written out', `$uppercase(${again('"xxxxxxxx"', '$it & $it', 25)})`, TOO_MUCH],
  ['a text of a hundred million letters, split', '$split($pad("", 100000000, "ab"), "")', TOO_MUCH],
  ['a text of as many, encoded', '$base64encode($pad("", 400000000, "e"))', TOO_MUCH],
  ['what holds itself twice, sixty times over', again('{"a": 1}', '{"a": $it, "b": $it}', 60), TOO_MUCH],
  ['the same as a text', `$string(${again('{"a": 1}', '{"a": $it, "b": $it}', 60)})`, TOO_MUCH],
  ['a list nested five hundred levels deep', again('[1]', '[[$it]]', 500), /^(mapping|expression)_too_large$/],
  ['what takes long only to be read', `${'('.repeat(40)}1${' ?? 1)'.repeat(40)}`, BROKEN],
  ['four thousand brackets', `${'('.repeat(4000)}1${')'.repeat(4000)}`, BROKEN],
  ['more characters than it may have', `"${'x'.repeat(11_000)}"`, BROKEN],
  ['code in a text', '$eval("1 + 1")', BROKEN],
  ['a function', '$sum', BROKEN],
  ['what holds a function', '{"a": [function($x) { $x }]}', BROKEN],
])('expression-bomb: %s ends by name', async (_what, source, code) => {
  expect(await endOf(source)).toMatch(code)
})

test('expression-bomb: all of a recipe are read in a second or not, however many take long', async () => {
  const slow = (n: number) => `${'('.repeat(15)}${n}${' ?? 1)'.repeat(15)}`
  const start = performance.now()
  const read = await expressions.read(Array.from({ length: 200 }, (_, n) => slow(n)))
  expect(performance.now() - start).toBeLessThan(SOON_MS)
  expect(read.size).toBeLessThan(200)
})

test('expression-bomb: a search that takes the engine hours is killed', async () => {
  const half = 'a'.repeat(250_000)
  expect(await endOf('$contains(trigger.a, trigger.b)', { a: 'a'.repeat(8_000_000), b: `${half}b${half}` })).toMatch(
    SLOW,
  )
})

test('expression-bomb: data too large or too deep to work on is refused by name', async () => {
  const list = Array<string>(2000).fill('x'.repeat(10_000))
  expect(await endOf('$count(trigger)', list)).toMatch(/^expression_too_large$/)
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
  expect(await endOf('$count(trigger)', deep)).toMatch(/^expression_too_large$/)
})

test('expression-bomb: beside one that hangs there is a worker for others', async () => {
  await Promise.all(['1 + 1', '2 + 2', '3 + 3'].map((source) => endOf(source)))
  await expressions.read([ENDLESS_REGEX])
  let hangs = true
  const bomb = endOf(ENDLESS_REGEX).finally(() => {
    hangs = false
  })
  expect(await endOf('1 + 1')).toEqual({ value: 2 })
  expect(hangs).toBe(true)
  expect(await bomb).toMatch(SLOW)
})

test('expression-bomb: what costs others their time does not cost them their turn', async () => {
  const bombs = Array.from({ length: 5 }, () => endOf(ENDLESS_REGEX))
  const others = Array.from({ length: 5 }, (_, index) => endOf('trigger.number + 1', { number: index }))
  expect(await Promise.all(others)).toEqual([1, 2, 3, 4, 5].map((value) => ({ value })))
  for (const end of await Promise.all(bombs)) expect(end).toMatch(SLOW)
})

test('expression-bomb: nothing that is not data can be reached', async () => {
  const own = { text: 'x', list: [1], object: { own: 1 } }
  for (const source of [
    'trigger.constructor',
    'trigger.object.constructor.constructor("return process")()',
    '$lookup(trigger, "constructor")',
    'trigger.list.push',
    'trigger.text.length',
    'trigger.__proto__',
    '$lookup(trigger, "__proto__")',
    '$sum.implementation',
    '$.process',
    'process',
    '$process',
    '$globalThis',
    '$$.require',
    '$string.constructor',
  ]) {
    const end = await endOf(source, own)
    if (typeof end === 'string') expect(end, source).toMatch(BROKEN)
    else expect(end, source).toEqual({})
  }
})

test('expression-bomb: one expression leaves nothing behind for the next', async () => {
  await endOf('trigger ~> |$|{"__proto__": {"admin": true}, "constructor": {"admin": true}}|', { a: 1 })
  await endOf('$merge([trigger, {"__proto__": {"admin": true}}])', { a: 1 })
  await endOf('($sum := function($x) { "mine" }; $kept := "kept"; $sum([1]))')
  for (const round of [1, 2, 3]) {
    expect(await evaluate('[trigger.admin, $kept, $sum([1, 2])]', { round })).toEqual({ value: [3] })
  }
  expect(({} as { admin?: boolean }).admin).toBeUndefined()
})

test('expression-bomb: no error holds a value of the data', async () => {
  const trigger = { secret: 'planted-secret', number: 48151623, list: ['planted-secret', 48151623] }
  for (const source of [
    'trigger.secret + 1',
    '-trigger.secret',
    '$number(trigger.secret)',
    '$error(trigger.secret)',
    '$assert(false, trigger.secret)',
    '$toMillis(trigger.secret)',
    '$eval(trigger.secret)',
    '$sort([trigger.secret, 1])',
    '[3, "x"] ~> $sort(function($a, $b) { $a > $b })',
    'trigger.list^($)',
    'trigger.secret < trigger.number',
    '$formatBase(1, trigger.number)',
    '{trigger.secret: 1, "planted-secret": 2}',
    '{trigger.number: 1}',
    '$formatNumber(1, trigger.secret)',
    '$fromMillis(0, "[" & trigger.secret)',
    '$fromMillis(0, "[" & trigger.secret & "]")',
    '$match(trigger.secret, function($s) { $s })',
    '$decodeUrl("%" & trigger.secret)',
    '[1..trigger.number]',
    '$power(trigger.number, 1000)',
    '$sqrt(-trigger.number)',
    'trigger.secret(1)',
    'trigger ~> |$|trigger.secret|',
    '$single(trigger.list)',
    '$parseInteger(trigger.secret, trigger.secret)',
  ]) {
    const message = await evaluate(source, trigger).catch((error: Error) => JSON.stringify([error, error.message]))
    expect(typeof message === 'string' ? message : '', source).not.toMatch(/planted-secret|48151623/)
  }
})

describe('while an expression hangs', () => {
  let behalf: TestBehalf
  beforeAll(async () => {
    behalf = await startTestBehalf()
  }, 60_000)
  afterAll(() => behalf?.stop())

  test('expression-bomb: the server goes on answering, and runs the jobs and expressions of others', async () => {
    const recipe = (name: string, text: string) => ({
      name,
      trigger: { kind: 'api', parameters: [] },
      steps: [{ kind: 'reply', name: 'answer', text }],
    })
    const hanging = await behalf.addRecipe(recipe('Hangs', `{{= ${ENDLESS_REGEX} }}`))
    const plain = await behalf.addRecipe(recipe('Plain', '{{ job.recipe }}'))
    const reckoning = await behalf.addRecipe(recipe('Reckons', '{{= 1 + 1 }}'))
    const { owner } = behalf
    const run = async (id: string) => (await owner.api('POST', `/recipes/${id}/run`, { wait_seconds: 25 })).body.data
    // Both workers are there already: a machine that is busy takes long to start one.
    await Promise.all([run(reckoning), run(reckoning), run(reckoning)])
    let hangs = true
    const bomb = run(hanging).finally(() => {
      hangs = false
    })
    const others = await Promise.all([owner.api('GET', '/session'), run(plain), run(reckoning)])
    expect(hangs).toBe(true)
    expect(others).toMatchObject([{ status: 200 }, { status: 'succeeded' }, { status: 'succeeded' }])
    expect(await bomb).toMatchObject({ status: 'failed', error_code: 'expression_timeout' })
  })
})
