import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

const SECRET = 'PlantedForNobody7X'
const MASKED = { kind: 'private', label: '[masked by the recipe]', shape: null }

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
}, 60_000)
afterAll(() => behalf?.stop())

const add = (name: string, steps: object[], trigger: object = { kind: 'api' }): Promise<RecipeId> =>
  behalf.addRecipe({ name, trigger, connections: crmConnection(parent, false), steps })
const fn = (name: string, steps: object[]): Promise<RecipeId> =>
  add(name, steps, { kind: 'function', input: { type: 'object' } })
const run = async (id: RecipeId) => jobEnded(alice, await startJob(alice, id, {}))
const stepOf = (job: { steps: { step: string }[] }, wanted: string) => job.steps.find(({ step }) => step === wanted)

const create = (more: object = {}) => ({
  kind: 'action',
  name: 'make',
  connection: 'crm',
  action: 'create_record',
  input: { type: 'Opportunity', fields: { Name: SECRET, StageName: 'Prospecting', CloseDate: '2027-01-31' } },
  ...more,
})
/** The CRM's answer quotes what it was asked for. */
const failing = (more: object = {}) => ({
  kind: 'action',
  name: 'fail',
  connection: 'crm',
  action: 'get_record',
  input: { type: 'Opportunity', id: SECRET },
  ...more,
})
const tell = { kind: 'reply', name: 'tell', text: `It is ${SECRET}.`, output: { told: SECRET } }
const call = (recipe_id: RecipeId, more: object = {}) => ({
  kind: 'call',
  name: 'go',
  recipe_id,
  masked: true,
  ...more,
})
const once = (steps: object[], more: object = {}) => ({ kind: 'for_each', name: 'each', items: [1], steps, ...more })

test('what a masked step failed with is told by its code alone: by the job, the loop around it, what handles it, and in chat', async () => {
  const quoted = await run(await add('Quotes', [failing()]))
  expect(JSON.stringify(quoted)).toContain(SECRET)

  const masked = failing({ masked: true })
  const job = await run(await add('Fails', [once([masked])]))
  expect(job).toMatchObject({ status: 'failed', error_code: 'outside_not_found' })
  expect(job.error.value).toContain('outside_not_found. More is masked by the recipe.')
  expect(stepOf(job, 'each[0].fail')).toMatchObject({ error: MASKED, error_code: 'outside_not_found' })
  expect(JSON.stringify(job)).not.toContain(SECRET)

  const sorry = { kind: 'reply', name: 'sorry', text: '{{ error.code }}: {{ error.message }}' }
  const handled = { kind: 'handle_errors', name: 'attempt', steps: [masked], on_error: [sorry] }
  const told = await run(await add('Handles', [handled]))
  expect(told.result.value.text).toContain('outside_not_found')
  expect(JSON.stringify(told)).not.toContain(SECRET)

  await add('Chats', [masked], { kind: 'command', command: 'fail masked' })
  await alice.say('fail masked')
  const chat = () => alice.chat().then((lines) => JSON.stringify(lines))
  await until(async () => (await chat()).includes('masked by the recipe'))
  expect(await chat()).not.toContain(SECRET)
})

test('a masked call masks every step of the function, and how it ends', async () => {
  const inner = await fn('Inner', [create(), tell])
  const outer = await run(await add('Outer', [call(await fn('Middle', [once([call(inner, { masked: false })])]))]))
  expect(outer.status).toBe('succeeded')
  for (const key of ['go', 'go.each', 'go.each[0].go', 'go.each[0].go.make', 'go.each[0].go.tell'])
    expect(stepOf(outer, key), key).toMatchObject({ input: MASKED, output: MASKED })
  expect(JSON.stringify(outer)).not.toContain(SECRET)

  const stops = await fn('Stops', [{ kind: 'stop', name: 'end', outcome: 'failed', message: SECRET }])
  for (const recipe of [stops, await fn('Breaks', [failing()])]) {
    const job = await run(await add('Calls what fails', [call(recipe)]))
    expect(job.status).toBe('failed')
    expect(JSON.stringify(job)).not.toContain(SECRET)
  }
})

test('a function that a masked step starts as a job of its own shows nothing there, nor does what that starts', async () => {
  const last = await fn('Last', [create(), tell, { kind: 'stop', name: 'end', outcome: 'failed', message: SECRET }])
  const first = await fn('First', [tell, call(last, { masked: false, wait: false, input: { data: SECRET } })])
  const job = await run(await add('Starts', [call(first, { wait: false, input: { data: SECRET } }), ...tellWhich]))
  const apart = await jobEnded(alice, job.result.value.output.id)
  expect(apart).toMatchObject({ status: 'succeeded', input: MASKED, result: MASKED })
  expect(stepOf(apart, 'tell')).toMatchObject({ output: MASKED })
  expect(JSON.stringify([job, apart])).not.toContain(SECRET)

  const ran = await behalf.database.db.selectFrom('jobs').select('id').where('recipe_id', '=', last).execute()
  const after = await jobEnded(alice, ran[0]?.id ?? '')
  expect(after).toMatchObject({ status: 'failed', input: MASKED, error: MASKED })
  expect(JSON.stringify(after)).not.toContain(SECRET)
})
const tellWhich = [{ kind: 'reply', name: 'which', text: '', output: { id: '{{ steps.go.job_id }}' } }]

test('a masked reply is delivered, and not shown in the job, nor where it is what a function yields', async () => {
  const reply = { ...tell, masked: true }
  const id = await add('Replies', [reply])
  const { body } = await alice.api('POST', `/recipes/${id}/run`, { input: {}, wait_seconds: 10 })
  const job = await jobEnded(alice, body.data.id)
  expect(job).toMatchObject({ status: 'succeeded', result: MASKED })
  expect(JSON.stringify(job)).not.toContain(SECRET)

  const caller = await run(await add('Hears', [call(await fn('Says', [reply]), { masked: false })]))
  expect(stepOf(caller, 'go')).toMatchObject({ output: MASKED })
  expect(JSON.stringify(caller)).not.toContain(SECRET)

  await add('Says in chat', [reply], { kind: 'command', command: 'say masked' })
  await alice.say('say masked')
  await until(async () => JSON.stringify(await alice.chat()).includes(SECRET))
})

test('a loop shows nothing of what it collects from masked steps', async () => {
  const loop = once([create({ masked: true })], { items: [SECRET], collect: '{{ steps.make }}' })
  const job = await run(await add('Collects', [loop]))
  expect(stepOf(job, 'each')).toMatchObject({ status: 'succeeded', input: MASKED, output: MASKED })
  expect(JSON.stringify(job)).not.toContain(SECRET)

  const hears = call(await fn('Says it each time', [{ ...tell, masked: true }]), { masked: false })
  const heard = await run(await add('Collects replies', [once([hears], { collect: '{{ steps.go }}' })]))
  expect(stepOf(heard, 'each')).toMatchObject({ status: 'succeeded', output: MASKED })
  expect(JSON.stringify(heard)).not.toContain(SECRET)
})
