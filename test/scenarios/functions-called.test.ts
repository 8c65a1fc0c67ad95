import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecipeId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'

let behalf: TestBehalf
let alice: TestPerson
let key: string

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  const { body } = await behalf.owner.api('POST', '/api_keys', { name: 'Script', privileges: ['recipes.run'] })
  key = body.data.token
})
afterAll(() => behalf.stop())

const api = { kind: 'api' }
const fn = { kind: 'function' }
const reply = { kind: 'reply', name: 'answer', text: 'Done.' }
const question = { kind: 'ask', name: 'sure', text: 'Sure?', choices: [{ label: 'Yes', value: 'yes' }] }
const call = (recipe_id: string, more: object = {}) => ({ kind: 'call', name: 'go', recipe_id, ...more })
const add = (name: string, trigger: object, ...steps: object[]): Promise<RecipeId> =>
  behalf.addRecipe({ name, trigger, steps })

/** Makes a recipe and answers what its start says. */
async function begin(name: string, trigger: object, ...steps: object[]) {
  const place = { project_id: behalf.projectId, environment: 'PROD' }
  const made = await behalf.owner.api('POST', '/recipes', { ...place, document: { name, trigger, steps } })
  return behalf.owner.api('POST', `/recipes/${made.body.data.id}/start`)
}

async function save(id: RecipeId, change: object) {
  const { document, version } = (await behalf.owner.api('GET', `/recipes/${id}`)).body.data
  return behalf.owner.api('PUT', `/recipes/${id}`, { document: { ...document, ...change }, expected_version: version })
}

const run = async (id: RecipeId) =>
  (await alice.api('POST', `/recipes/${id}/run`, { wait_seconds: 10, input: {} })).body

async function runByKey(id: RecipeId, body = '{}') {
  const answer = await fetch(new URL(`/api/recipes/${id}/run`, behalf.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  })
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers is asserted on, field by field
  return { status: answer.status, body: (await answer.json()) as any }
}

test('functions may call one another ten deep; an eleventh is refused at the start, with the chain, and so is a run', async () => {
  const ids = [await add('D0', fn, reply)]
  for (let depth = 1; depth < 10; depth++) ids.push(await add(`D${depth}`, fn, call(ids.at(-1) ?? ''), reply))
  const [first, last] = [ids[0] as RecipeId, ids[9] as RecipeId]
  const main = await add('Ten deep', api, call(last), reply)
  expect((await run(main)).data.status).toBe('succeeded')

  const eleventh = await add('D10', fn, call(last), reply)
  const refused = await begin('Eleven deep', api, call(eleventh), reply)
  const [problem] = refused.body.error.details.problems
  expect(problem.code).toBe('calls_too_deep')
  expect(problem.message).toContain('“D10” calls “D9” calls “D8”')
  expect(problem.message).toContain('calls “D0”.')

  // What is deep enough already grows at its far end.
  expect((await save(first, { steps: [call(await add('Deepest', fn, reply)), reply] })).status).toBe(200)
  expect((await run(main)).error).toMatchObject({
    code: 'calls_too_deep',
    message: expect.stringContaining('“Deepest”'),
  })
})

test('a key that is nobody cannot start what asks a person, itself or by a function, waited for or not', async () => {
  const inner = await add('Asks', fn, question, reply)
  const made = [
    await add('Asks itself', api, question, reply),
    await add('Asks by a function', api, call(inner), reply),
    await add('Asks apart', api, call(inner, { wait: false }), reply),
  ]
  for (const id of made) {
    expect(await runByKey(id)).toMatchObject({ status: 403, body: { error: { code: 'ask_needs_person' } } })
    expect((await behalf.owner.api('GET', `/jobs?recipe_id=${id}`)).body.data).toEqual([])
  }
})

test('a skill whose last reply does not fit its output schema fails, and the error names the field', async () => {
  const output = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] }
  const trigger = { kind: 'skill', description: 'Sums up.', output }
  const yielding = (name: string, yields: object) => add(name, trigger, { ...reply, output: yields })
  expect((await run(await yielding('Fits', { total: 3 }))).data.status).toBe('succeeded')
  const unfit = (await run(await yielding('Unfit', { total: 'three' }))).data
  expect(unfit).toMatchObject({ status: 'failed', error_code: 'skill_output_invalid' })
  expect(unfit.error.value).toContain('total must be number')
  const empty = (await run(await add('Empty', trigger, { kind: 'stop', name: 'end', outcome: 'succeeded' }))).data
  expect(empty.error.value).toContain('lacks "total"')
})

test('a number that would silently become another one is refused, as a number and as text', async () => {
  const id = await add(
    'Counts',
    { kind: 'api', parameters: [{ name: 'count', type: 'number' }] },
    {
      ...reply,
      output: { count: '{{ trigger.count }}' },
    },
  )
  const counted = (count: string) => runByKey(id, `{"input":{"count":${count}},"wait_seconds":10}`)
  expect(await counted('9007199254740993')).toMatchObject({ status: 400, body: { error: { code: 'request_invalid' } } })
  for (const text of ['"9007199254740993"', '"0x10"'])
    expect(await counted(text)).toMatchObject({ status: 422, body: { error: { code: 'input_invalid' } } })
  expect((await counted('0.1')).body.data.result.value.output).toEqual({ count: 0.1 })
})

test('a job that no machine can write down ends, and is not taken up for ever', async () => {
  // Names within names, which together are longer than a key of the database may be.
  const name = () => `n${randomBytes(29).toString('hex')}`
  const within = (steps: object[], depth = 9): object[] =>
    depth === 0 ? steps : within([{ kind: 'for_each', name: name(), items: [1], steps }], depth - 1)
  let inner = await add('Innermost', fn, ...within([{ ...reply, name: name() }]))
  for (let depth = 1; depth < 9; depth++)
    inner = await add(`Around ${depth}`, fn, ...within([{ ...call(inner), name: name() }]))
  const { data } = await run(await add('Too long', api, ...within([{ ...call(inner), name: name() }])))
  expect(data).toMatchObject({ status: 'failed', error_code: 'bug' })
})
