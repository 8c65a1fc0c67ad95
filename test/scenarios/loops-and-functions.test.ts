import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let ahead = 0

beforeAll(async () => {
  behalf = await startTestBehalf({ clock: () => new Date(Date.now() + ahead) })
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
})
afterAll(() => behalf.stop())

const opportunity = (name: string) => ({
  type: 'Opportunity',
  fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' },
})
const create = (step: string, name: string) => ({
  kind: 'action',
  name: step,
  connection: 'crm',
  action: 'create_record',
  input: opportunity(name),
})
const broken = (step: string) => ({ ...create(step, 'x'), input: { type: 'Opportunity', fields: { Nonsense: 1 } } })
const reply = (output: object, text = 'Done.') => ({ kind: 'reply', name: 'answer', text, output })
const named = (start: string) =>
  behalf.crm
    .opportunities()
    .filter(({ name }) => name.startsWith(start))
    .map(({ name, owner }) => `${name}: ${owner}`)

interface Made {
  name: string
  steps: object[]
  personal?: boolean
  trigger?: object
}

const api = { kind: 'api', parameters: [{ name: 'list', type: 'text', required: false }] }
const add = ({ name, steps, personal = false, trigger = api }: Made): Promise<RecipeId> =>
  behalf.addRecipe({ name, trigger, connections: crmConnection(parent, personal), steps })
const fn = (made: Made): Promise<RecipeId> =>
  add({ trigger: { kind: 'function', input: { type: 'object' }, output: { type: 'object' } }, ...made })
const run = async (id: RecipeId) => jobEnded(alice, await startJob(alice, id, {}))
const keys = (job: { steps: { step: string }[] }) => job.steps.map(({ step }) => step)

test('a loop runs its steps once for each item, and its output holds what each yields', async () => {
  const id = await add({
    name: 'Each',
    steps: [
      {
        kind: 'for_each',
        name: 'lines',
        items: ['a', 'b', 'c'],
        steps: [create('make', 'Each {{ loops.lines.item }}{{ loops.lines.index }}')],
        collect: { id: '{{ steps.make.id }}', item: '{{ loops.lines.item }}' },
      },
      reply({ count: '{{ steps.lines.count }}', all: '{{ steps.lines.collected }}' }),
    ],
  })
  const job = await run(id)
  expect(job).toMatchObject({
    status: 'succeeded',
    result: { value: { output: { count: 3, all: [{ item: 'a' }, { item: 'b' }, { item: 'c' }] } } },
  })
  const [loop, , last] = job.steps
  expect(Date.parse(loop.started_at)).toBeLessThanOrEqual(Date.parse(last.started_at))
  expect(loop.input).toMatchObject({ kind: 'shown', value: { items: ['a', 'b', 'c'] } })
  expect(named('Each')).toEqual(['Each a0: bob', 'Each b1: bob', 'Each c2: bob'])
  expect(keys(job)).toEqual(['lines', 'lines[0].make', 'lines[1].make', 'lines[2].make', 'answer'])
  expect(job.steps.map(({ kind }: { kind: string }) => kind)).toEqual([
    'for_each',
    'action',
    'action',
    'action',
    'reply',
  ])
})

test('what is no list, and a list that is too long, fail before the first item', async () => {
  const looping = (items: unknown) => ({
    kind: 'for_each',
    name: 'lines',
    items,
    limit: 2,
    steps: [create('make', 'Never')],
  })
  const text = await run(await add({ name: 'No list', steps: [looping('a'), reply({})] }))
  expect(text).toMatchObject({ status: 'failed', error_code: 'items_not_a_list' })
  const long = await run(await add({ name: 'Long list', steps: [looping([1, 2, 3]), reply({})] }))
  expect(long).toMatchObject({ status: 'failed', error_code: 'too_many_items' })
  expect(named('Never')).toEqual([])
})

test('repeat goes on for as long as its condition holds, with what the time before has left, up to its limit', async () => {
  const counting = (limit: number, until: number) => ({
    kind: 'repeat',
    name: 'again',
    limit,
    while: { all: [{ left: '{{ loops.again.index }}', is: 'less_than', right: until }] },
    steps: [create('make', `Again ${limit} {{ loops.again.index }} after {{ steps.make.id? }}`)],
    collect: '{{ steps.make.id }}',
  })
  const job = await run(
    await add({ name: 'Again', steps: [counting(9, 2), reply({ count: '{{ steps.again.count }}' })] }),
  )
  expect(job.result.value.output).toEqual({ count: 3 })
  const names = behalf.crm.opportunities().filter(({ name }) => name.startsWith('Again 9'))
  expect(names.map(({ name }) => name)).toEqual([
    'Again 9 0 after ',
    `Again 9 1 after ${names[0]?.id}`,
    `Again 9 2 after ${names[1]?.id}`,
  ])
  const endless = await run(await add({ name: 'Endless', steps: [counting(2, 9), reply({})] }))
  expect(endless).toMatchObject({ status: 'failed', error_code: 'too_many_times' })
  expect(named('Again 2')).toHaveLength(2)
})

test('steps that fail are tried again after the interval, and what was done before is not done again', async () => {
  const id = await add({
    name: 'Tries',
    steps: [
      create('before', 'Tries before'),
      {
        kind: 'handle_errors',
        name: 'attempt',
        retries: 1,
        interval_seconds: 2,
        steps: [create('within', 'Tries within'), broken('wrong')],
        on_error: [reply({ code: '{{ error.code }}', step: '{{ error.step }}' }, 'It failed: {{ error.message }}')],
      },
    ],
  })
  const job = await run(id)
  const [first, second] = job.steps.filter(({ step }: { step: string }) => step.endsWith('.within'))
  expect(Date.parse(second.started_at) - Date.parse(first.finished_at)).toBeGreaterThanOrEqual(2000)
  expect(job).toMatchObject({ status: 'succeeded', result: { value: { output: { step: 'wrong' } } } })
  expect(named('Tries')).toEqual(['Tries before: bob', 'Tries within: bob', 'Tries within: bob'])
  expect(keys(job)).toEqual([
    'before',
    'attempt',
    'attempt[0].within',
    'attempt[0].wrong',
    'attempt[1].within',
    'attempt[1].wrong',
    'answer',
  ])
})

test('a function runs within the job that calls it, and yields what its last reply holds', async () => {
  const inner = await fn({
    name: 'Name it',
    trigger: {
      kind: 'function',
      input: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      output: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    },
    steps: [create('make', '{{ trigger.name }}'), reply({ id: '{{ steps.make.id }}' })],
  })
  const call = { kind: 'call', name: 'make_it', recipe_id: inner, input: { name: 'Called' } }
  const job = await run(await add({ name: 'Caller', steps: [call, reply({ id: '{{ steps.make_it.id }}' })] }))
  expect(job).toMatchObject({ status: 'succeeded', private: false })
  expect(job.result.value.output.id).toBe(behalf.crm.opportunities().find(({ name }) => name === 'Called')?.id)
  expect(keys(job)).toEqual(['make_it', 'make_it.make', 'make_it.answer', 'answer'])
})

test('a function with the switch on runs as the invoker of the job that calls it, who is asked before the first step', async () => {
  const inner = await fn({ name: 'As you', personal: true, steps: [create('make', 'As you'), reply({})] })
  const middle = await fn({ name: 'Between', steps: [{ kind: 'call', name: 'go_on', recipe_id: inner }, reply({})] })
  const call = { kind: 'call', name: 'go', recipe_id: middle }
  const id = await add({ name: 'As whoever runs it', steps: [create('first', 'As the parent'), call, reply({})] })
  const started = await alice.api('POST', `/recipes/${id}/run`, { input: {}, wait_seconds: 0 })
  expect(started.body.data).toMatchObject({ status: 'waiting_for_connection' })
  expect(named('As the parent')).toEqual([])
  await connectAt(alice, started.body.data.connect_url, 'Alice Ng')
  const job = await jobEnded(alice, started.body.data.id)
  expect(job).toMatchObject({ status: 'succeeded', private: true })
  expect(named('As the parent')).toEqual(['As the parent: bob'])
  expect(named('As you')).toEqual(['As you: alice'])
  const seen = await behalf.owner.api('GET', `/jobs/${job.id}`)
  expect(
    seen.body.data.steps.every(({ output }: { output: { kind: string } | null }) => output?.kind !== 'shown'),
  ).toBe(true)
})

test('a function that is not waited for runs as a job of its own, once', async () => {
  const inner = await fn({ name: 'Apart', steps: [create('make', 'Apart'), reply({})] })
  // Whoever may run what calls it need not be allowed to run it by itself.
  await behalf.owner.api('PUT', `/recipes/${inner}/runners`, { everyone: false })
  const call = { kind: 'call', name: 'start', recipe_id: inner, wait: false }
  const job = await run(await add({ name: 'Does not wait', steps: [call, reply({ job: '{{ steps.start.job_id }}' })] }))
  expect(await jobEnded(alice, job.result.value.output.job)).toMatchObject({ status: 'succeeded' })
  expect(named('Apart')).toEqual(['Apart: bob'])
})

test('a job that was cancelled starts no more functions as jobs of their own', async () => {
  const inner = await fn({ name: 'Started often', steps: [reply({})] })
  const call = { kind: 'call', name: 'start', recipe_id: inner, wait: false }
  const items = Array.from({ length: 400 }, (_, index) => index)
  const outer = await add({ name: 'Starts many', steps: [{ kind: 'for_each', name: 'each', items, steps: [call] }] })
  const id = await startJob(alice, outer, {})
  const started = () =>
    behalf.database.db.selectFrom('jobs').select('created_at').where('recipe_id', '=', inner).execute()
  await until(async () => (await started()).length > 3)
  expect((await alice.api('POST', `/jobs/${id}/cancel`)).status).toBe(204)
  const { finished_at } = await jobEnded(alice, id)
  await until(() => !behalf.ctx.running.has(id))
  // The one that was being started at that moment may be among them.
  const late = (await started()).filter(({ created_at }) => created_at > new Date(finished_at))
  expect(late.length).toBeLessThan(2)
})

test('functions that come to call themselves are refused at the start, with the names', async () => {
  const inner = await fn({ name: 'Inner', steps: [reply({})] })
  const outer = await fn({ name: 'Outer', steps: [{ kind: 'call', name: 'go', recipe_id: inner }, reply({})] })
  const { body } = await behalf.owner.api('GET', `/recipes/${inner}`)
  const document = { ...body.data.document, steps: [{ kind: 'call', name: 'back', recipe_id: outer }, reply({})] }
  const saved = await behalf.owner.api('PUT', `/recipes/${inner}`, {
    document,
    expected_version: body.data.version,
  })
  expect(saved.status).toBe(422)
  expect(JSON.stringify(saved.body)).toContain('calls_itself')
})

test('a job asks its person, waits as rows, and goes on with the answer; nobody else may answer', async () => {
  const bob = await behalf.addPerson('Bob Ortiz')
  const id = await add({
    name: 'Ask me',
    steps: [
      {
        kind: 'ask',
        name: 'sure',
        text: 'Really?',
        choices: [
          { label: 'Yes', value: 'yes' },
          { label: 'No', value: 'no' },
        ],
      },
      { kind: 'ask', name: 'how', text: 'How many?', form: [{ name: 'count', type: 'number' }] },
      reply({ choice: '{{ steps.sure.choice }}', count: '{{ steps.how.values.count }}' }),
    ],
  })
  const jobId = await startJob(alice, id, {})
  const asked = await jobIn(alice, jobId, 'waiting_for_answer')
  expect(asked.question).toMatchObject({
    step: 'sure',
    text: 'Really?',
    choices: [{ value: 'yes' }, { value: 'no' }],
    form: null,
  })
  expect((await behalf.owner.api('GET', `/jobs/${jobId}`)).body.data.question).toBeNull()
  expect((await bob.api('POST', `/jobs/${jobId}/answer`, { step: 'sure', choice: 'yes' })).status).toBe(404)
  expect((await behalf.owner.api('POST', `/jobs/${jobId}/answer`, { step: 'sure', choice: 'yes' })).status).toBe(404)
  expect((await alice.api('POST', `/jobs/${jobId}/answer`, { step: 'sure', choice: 'maybe' })).body.error.code).toBe(
    'answer_invalid',
  )
  await behalf.restart()
  const answers = await Promise.all(
    [1, 2, 3].map(() => alice.api('POST', `/jobs/${jobId}/answer`, { step: 'sure', choice: 'yes' })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409])
  await jobIn(alice, jobId, 'waiting_for_answer')
  expect((await alice.api('POST', `/jobs/${jobId}/answer`, { step: 'how', values: { count: 'many' } })).status).toBe(
    422,
  )
  await alice.api('POST', `/jobs/${jobId}/answer`, { step: 'how', values: { count: 3 } })
  expect((await jobEnded(alice, jobId)).result.value.output).toEqual({ choice: 'yes', count: 3 })
})

test('a question may be all of what an earlier step yields, as text', async () => {
  const steps = [
    { kind: 'for_each', name: 'each', items: [1, 2], steps: [reply({})], collect: '{{ loops.each.item }}' },
    { kind: 'ask', name: 'sure', text: '{{ steps.each.collected }}', choices: [{ label: 'Yes', value: 'yes' }] },
  ]
  const id = await startJob(alice, await add({ name: 'Asks about a list', steps }), {})
  expect((await jobIn(alice, id, 'waiting_for_answer')).question.text).toBe('[1,2]')
})

test('a question nobody answers ends the job, or lets it go on, as its step says', async () => {
  const asking = (on_timeout: string) => ({
    kind: 'ask',
    name: 'sure',
    text: 'Really?',
    choices: [{ label: 'Yes', value: 'yes' }],
    expires_in_hours: 1,
    on_timeout,
  })
  const ends = await startJob(alice, await add({ name: 'Ends', steps: [asking('end'), reply({})] }), {})
  const goesOn = await startJob(
    alice,
    await add({ name: 'Goes on', steps: [asking('go_on'), reply({ answered: '{{ steps.sure.answered }}' })] }),
    {},
  )
  await Promise.all([ends, goesOn].map((id) => jobIn(alice, id, 'waiting_for_answer')))
  ahead += 2 * 60 * 60 * 1000
  expect(await jobEnded(alice, ends)).toMatchObject({ status: 'expired', error_code: 'not_answered_in_time' })
  expect((await jobEnded(alice, goesOn)).result.value.output).toEqual({ answered: false })
})

test('nobody is shown the data of a masked step', async () => {
  const masked = { ...create('make', 'Masked'), masked: true }
  const job = await run(await add({ name: 'Masked', steps: [masked, reply({ id: '{{ steps.make.id }}' })] }))
  const [step] = job.steps
  expect(step.input).toEqual({ kind: 'private', label: '[masked by the recipe]', shape: null })
  expect(step.output).toEqual({ kind: 'private', label: '[masked by the recipe]', shape: null })
  expect(job.result.value.output.id).toMatch(/./)
})

test('a person sees what a recipe needs of them through its functions', async () => {
  const dora = await behalf.addPerson('Dora Dee')
  const inner = await fn({ name: 'Needs you', personal: true, steps: [create('make', 'Never made'), reply({})] })
  const id = await behalf.addRecipe({
    name: 'Through a function',
    trigger: api,
    steps: [{ kind: 'call', name: 'go', recipe_id: inner }],
  })
  const mine = (await dora.api('GET', '/me/connections')).body.data
  expect(mine[0].recipes).toContainEqual({ id, name: 'Through a function' })
  const recipes = (await dora.api('GET', '/me/recipes')).body.data
  expect(recipes.find((each: { id: string }) => each.id === id).applications).toEqual(['Salesforce'])
})
