import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobId, RecipeId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
})
afterAll(() => behalf.stop())

const yesOrNo = [
  { label: 'Yes', value: 'yes' },
  { label: 'No', value: 'no' },
]
/** Each label but one is, in part, another's value. */
const crossed = [
  { label: 'b', value: 'c' },
  { label: 'A', value: 'b' },
  { label: 'C', value: 'd' },
]
const asking = (choices: object[]) => ({ kind: 'ask', name: 'sure', text: 'Which?', choices })
const told = {
  kind: 'reply',
  name: 'answer',
  text: 'Chose {{ steps.sure.choice }}',
  output: { choice: '{{ steps.sure.choice }}' },
}
const addAsking = (name: string, choices: object[], trigger: object = { kind: 'api' }): Promise<RecipeId> =>
  behalf.addRecipe({ name, trigger, steps: [asking(choices), told] })

const answer = (id: JobId, given: object) => alice.api('POST', `/jobs/${id}/answer`, given)

/** Runs it, and answers the job once it asks. */
async function asked(recipe: RecipeId): Promise<JobId> {
  const id = await startJob(alice, recipe, {})
  await jobIn(alice, id, 'waiting_for_answer')
  return id
}

test.each([
  ['b', 'b'],
  ['A', 'b'],
  ['c', 'c'],
  ['a', 'b'],
  ['B', 'c'],
])('by the API the choice %s is the one of that value, else of that label: %s', async (choice, value) => {
  const id = await asked(await addAsking(`Crossed ${choice}`, crossed))
  expect((await answer(id, { step: 'sure', choice })).status).toBe(204)
  expect((await jobEnded(alice, id)).result.value.output).toEqual({ choice: value })
})

test('in the chat a choice is the one of the label that is shown, else of that value', async () => {
  await addAsking('Crossed in chat', crossed, { kind: 'command', command: 'cross' })
  for (const [said, value] of [
    ['b', 'c'],
    ['a', 'b'],
    ['C', 'd'],
    ['d', 'd'],
  ] as const) {
    const before = (await alice.chat()).length
    await alice.say('cross')
    await until(async () => (await alice.chat()).slice(before).some(({ kind }) => kind === 'question'))
    await alice.say(said)
    await until(async () => (await alice.chat()).slice(before).some(({ text }) => text === `Chose ${value}`))
  }
})

test('choices that only capitals tell apart are told apart; what fits two of them is refused', async () => {
  const id = await asked(
    await addAsking('Capitals', [
      { label: 'us', value: '1' },
      { label: 'US', value: '2' },
    ]),
  )
  expect((await answer(id, { step: 'sure', choice: 'Us' })).body.error.code).toBe('answer_invalid')
  await answer(id, { step: 'sure', choice: 'US' })
  expect((await jobEnded(alice, id)).result.value.output).toEqual({ choice: '2' })
})

test('an answer names its question, so that one sent twice does not answer the next', async () => {
  const list = {
    kind: 'for_each',
    name: 'each',
    items: [1, 2],
    steps: [asking(yesOrNo)],
    collect: '{{ steps.sure.choice }}',
  }
  const reply = { ...told, text: 'Done.', output: { all: '{{ steps.each.collected }}' } }
  const id = await asked(await behalf.addRecipe({ name: 'Twice', trigger: { kind: 'api' }, steps: [list, reply] }))
  expect(await answer(id, { choice: 'yes' })).toMatchObject({
    status: 400,
    body: { error: { code: 'request_invalid' } },
  })
  const first = { step: 'each[0].sure', choice: 'yes' }
  expect((await answer(id, first)).status).toBe(204)
  await until(async () => (await alice.api('GET', `/jobs/${id}`)).body.data.question?.step === 'each[1].sure')
  expect((await answer(id, first)).body.error.code).toBe('not_waiting_for_answer')
  await answer(id, { step: 'each[1].sure', choice: 'no' })
  expect((await jobEnded(alice, id)).result.value.output).toEqual({ all: ['yes', 'no'] })
})

test('a form is not filled in by a choice', async () => {
  const form = { kind: 'ask', name: 'sure', text: 'Note?', form: [{ name: 'note', type: 'text', required: false }] }
  const id = await asked(
    await behalf.addRecipe({
      name: 'Form',
      trigger: { kind: 'api' },
      steps: [form, { ...told, text: '', output: {} }],
    }),
  )
  expect((await answer(id, { step: 'sure', choice: 'yes' })).body.error.code).toBe('answer_invalid')
})

test('an answer is refused while the recipe or its function is stopped, and taken when it is started again', async () => {
  const inner = await addAsking('Inner', yesOrNo, { kind: 'function' })
  const outer = await behalf.addRecipe({
    name: 'Outer',
    trigger: { kind: 'api' },
    steps: [
      { kind: 'call', name: 'go', recipe_id: inner },
      { ...told, text: '', output: { got: '{{ steps.go.choice }}' } },
    ],
  })
  const id = await asked(outer)
  const given = { step: 'go.sure', choice: 'yes' }
  for (const [recipe, code] of [
    [outer, 'recipe_stopped'],
    [inner, 'function_stopped'],
  ] as const) {
    await behalf.owner.api('POST', `/recipes/${recipe}/stop`)
    expect(await answer(id, given)).toMatchObject({ status: 409, body: { error: { code } } })
    expect((await alice.api('GET', `/jobs/${id}`)).body.data).toMatchObject({
      status: 'waiting_for_answer',
      question: {},
    })
    await behalf.owner.api('POST', `/recipes/${recipe}/start`)
  }
  expect((await answer(id, given)).status).toBe(204)
  expect((await jobEnded(alice, id)).result.value.output).toEqual({ got: 'yes' })
})

test('in the chat it is said that the recipe is stopped, and the question stays', async () => {
  const recipe = await addAsking('Halts', yesOrNo, { kind: 'command', command: 'halt' })
  const before = (await alice.chat()).length
  await alice.say('halt')
  const { job_id } = await until(async () => (await alice.chat()).slice(before).find(({ kind }) => kind === 'question'))
  await behalf.owner.api('POST', `/recipes/${recipe}/stop`)
  await alice.say('yes')
  expect((await alice.chat()).at(-1)?.text).toContain('“Halts” is stopped. Nothing was taken')
  await behalf.owner.api('POST', `/recipes/${recipe}/start`)
  await alice.say('yes')
  expect((await jobEnded(alice, job_id ?? '')).status).toBe('succeeded')
})

test('a job that asks ends when its recipe, or a function of it, is deleted, and its person is told', async () => {
  const inner = await addAsking('Doomed', yesOrNo, { kind: 'function' })
  const call = { kind: 'call', name: 'go', recipe_id: inner }
  const trigger = { kind: 'command', command: 'doom' }
  await behalf.addRecipe({ name: 'Calls', trigger, steps: [call, { ...told, text: 'Done.', output: {} }] })
  const before = (await alice.chat()).length
  await alice.say('doom')
  const { job_id } = await until(async () => (await alice.chat()).slice(before).find(({ kind }) => kind === 'question'))
  await behalf.owner.api('DELETE', `/recipes/${inner}`)
  expect(await jobEnded(alice, job_id ?? '')).toMatchObject({ status: 'failed', error_code: 'recipe_deleted' })
  const said = '“Doomed” was deleted, so nothing more is done.'
  await until(async () => (await alice.chat()).some(({ text }) => text === said))
})
