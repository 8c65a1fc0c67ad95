import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { PRIVILEGES, type Privilege } from '../../src/people/privileges.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { findPlanted, type Planted } from '../support/planted.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { walkApi } from '../support/walk-api.ts'

/** Alice's data, each in a place of its own; the error is quoted by the CRM. */
const DATA: Planted[] = [
  { what: 'input', value: 'Merger with Globex, strictly private' },
  { what: 'item', value: 'Item for the eyes of Alice' },
  { what: 'answer', value: 'Answer for the eyes of Alice' },
  { what: 'error', value: 'PrivateNumber9X002' },
]
const secret = (wanted: string) => DATA.find(({ what }) => what === wanted)?.value ?? ''

let behalf: TestBehalf
let alice: TestPerson
let author: TestPerson
let parent: ConnectionId
let jobs: JobId[]

const action = (name: string, action: string, input: object) => ({
  kind: 'action',
  name,
  connection: 'crm',
  action,
  input,
})
const create = (name: string) =>
  action('make', 'create_record', {
    type: 'Opportunity',
    fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' },
  })

/** Made, shared and started by its author, who is no administrator. */
async function add(name: string, trigger: object, steps: object[], personal = false): Promise<RecipeId> {
  const document = { name, trigger, connections: personal ? crmConnection(parent, true) : {}, steps }
  const place = { project_id: behalf.projectId, environment: 'PROD' }
  const { id } = (await author.api('POST', '/recipes', { ...place, document })).body.data
  await author.api('PUT', `/recipes/${id}/runners`, { everyone: true })
  expect((await author.api('POST', `/recipes/${id}/start`)).status).toBe(200)
  return id
}

/**
 * No step of the recipe itself uses an account of a person, so that it is private by its functions alone: one in a loop, within a try, whose
 * error it tells; and one that runs by itself.
 */
async function addRecipes(): Promise<RecipeId> {
  const input = { type: 'object', properties: { text: {}, id: {} }, required: ['text', 'id'] }
  const inner = await add(
    'Inner',
    { kind: 'function', input },
    [
      create('{{ trigger.text }}'),
      action('read', 'get_record', { type: 'Opportunity', id: '{{ steps.make.id }}' }),
      {
        kind: 'reply',
        name: 'tell',
        text: '{{ steps.read.record.Name }}',
        output: { told: '{{ steps.read.record }}' },
      },
      action('fail', 'get_record', { type: 'Opportunity', id: '{{ trigger.id }}' }),
    ],
    true,
  )
  const call = (name: string, text: string, more: object = {}) => ({
    kind: 'call',
    name,
    recipe_id: inner,
    input: { text, id: '{{ trigger.id }}' },
    ...more,
  })
  const said = '{{ loops.each.item }}: {{ error.message }}'
  return add(
    'Outer',
    {
      kind: 'api',
      parameters: ['text', 'item', 'id'].map((name) => ({ name, type: 'text' })),
    },
    [
      { kind: 'ask', name: 'sure', text: 'About {{ trigger.text }}?', form: [{ name: 'why', type: 'text' }] },
      {
        kind: 'for_each',
        name: 'each',
        items: ['{{ trigger.item }}'],
        collect: '{{ loops.each.item }}',
        steps: [
          {
            kind: 'handle_errors',
            name: 'attempt',
            steps: [call('go', '{{ loops.each.item }}')],
            on_error: [{ kind: 'reply', name: 'sorry', text: said, output: { why: '{{ steps.sure.values.why }}' } }],
          },
        ],
      },
      call('apart', '{{ trigger.text }}', { wait: false }),
    ],
  )
}

beforeAll(async () => {
  behalf = await startTestBehalf()
  author = await behalf.addPerson('Arthur Author', 'analyst')
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  const outer = await addRecipes()
  const mine = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, mine.body.data.url, 'Alice Ng')
  const input = { text: secret('input'), item: secret('item'), id: secret('error') }
  const waiting = await startJob(alice, outer, input)
  const job = await startJob(alice, outer, input)
  for (const id of [waiting, job]) await jobIn(alice, id, 'waiting_for_answer')
  await alice.api('POST', `/jobs/${job}/answer`, { step: 'sure', values: { why: secret('answer') } })
  const { steps } = await jobIn(alice, job, 'succeeded')
  const apart = steps.find(({ step }: { step: string }) => step === 'apart').output.value.job_id
  expect(await jobEnded(alice, apart)).toMatchObject({ status: 'failed' })
  jobs = [job, apart, waiting]
}, 60_000)
afterAll(() => behalf?.stop())

test('job-data-peek: of a job that is private by its functions alone its person sees everything, so that what is looked for is there', async () => {
  const [job, apart, waiting] = await Promise.all(
    jobs.map(async (id) => JSON.stringify((await alice.api('GET', `/jobs/${id}`)).body)),
  )
  expect(findPlanted(DATA, job ?? '').sort()).toEqual(['answer', 'error', 'input', 'item'])
  expect(findPlanted(DATA, apart ?? '').sort()).toEqual(['error', 'input'])
  expect(findPlanted(DATA, waiting ?? '').sort()).toEqual(['error', 'input', 'item'])
})

type Get = (path: string) => Promise<Response>

async function keyOfEverything(): Promise<Get> {
  const privileges = Object.keys(PRIVILEGES) as Privilege[]
  const { body } = await behalf.owner.api('POST', '/api_keys', { name: 'All', privileges })
  const headers = { authorization: `Bearer ${body.data.token}` }
  return (path) => fetch(new URL(`/api${path}`, behalf.url), { headers })
}

const sessionOf = ({ browser }: TestPerson): Get => {
  return (path) => browser.fetch(new URL(`/api${path}`, behalf.url))
}

// An Analyst sees no jobs at all.
const READERS: [string, boolean, () => Promise<Get>][] = [
  ['the owner', true, async () => sessionOf(behalf.owner)],
  ['the functions’ author', false, async () => sessionOf(author)],
  ['an API key with every privilege', true, keyOfEverything],
]

test.each(READERS)(
  'job-data-peek: %s gets nothing of it: the caller’s, the function’s, its loops’, its errors’ or its question’s',
  async (_, seesJobs, getOf) => {
    const seen = await walkApi(behalf, await getOf())
    expect(seen.some(({ path, status }) => path === `/jobs/${jobs[0]}` && status === 200)).toBe(seesJobs)
    const leaks = seen.flatMap(({ path, body }) => findPlanted(DATA, body).map((what) => `${what} at ${path}`))
    expect(leaks).toEqual([])
    expect(findPlanted(DATA, behalf.log.join('\n'))).toEqual([])
  },
  90_000,
)

test('job-data-peek: others see which steps of the functions ran, with which outcome, and the shape', async () => {
  const { data } = (await behalf.owner.api('GET', `/jobs/${jobs[0]}`)).body
  expect(data).toMatchObject({ private: true, status: 'succeeded', question: null })
  const failed = data.steps.find(({ step }: { step: string }) => step === 'each[0].attempt[0].go.fail')
  expect(failed).toMatchObject({ status: 'failed', error_code: 'outside_not_found', http_status: 404 })
  for (const { input, output } of data.steps)
    for (const shown of [input, output]) expect(shown?.kind ?? 'private').toBe('private')
})
