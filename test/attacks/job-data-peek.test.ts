import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadGrant } from '../../src/connections/grant.ts'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import type { Privilege } from '../../src/people/privileges.ts'
import { PRIVILEGES } from '../../src/people/privileges.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { findPlanted, type Planted } from '../support/planted.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'
import { type Seen, walkApi } from '../support/walk-api.ts'

/** Alice's data, each in a place of its own. The last is quoted by the CRM in an error. */
const DATA: Planted[] = [
  { what: 'input', value: 'Merger with Globex, strictly private' },
  { what: 'output', value: 'Golden parachute of the board' },
  { what: 'reply', value: 'Reply for the eyes of Alice' },
  { what: 'result', value: 'Result-for-the-eyes-of-Alice' },
  { what: 'error', value: 'PrivateNumber9X001' },
]
const secret = (what: string) => DATA.find((each) => each.what === what)?.value ?? ''

let collector: OtlpReceiver
let behalf: TestBehalf
let alice: TestPerson
let author: TestPerson
let parent: ConnectionId
let recipe: RecipeId
let jobs: JobId[]

/** Reads an opportunity by the id it is given, and tells its data in every way there is. */
const document = () => ({
  name: 'Tell of an opportunity',
  trigger: {
    kind: 'command',
    command: 'tell',
    parameters: [
      { name: 'question', type: 'text' },
      { name: 'id', type: 'text' },
    ],
  },
  connections: crmConnection(parent, true),
  steps: [
    {
      kind: 'action',
      name: 'read',
      connection: 'crm',
      action: 'get_record',
      input: { type: 'Opportunity', id: '{{ trigger.id }}' },
    },
    {
      kind: 'if',
      name: 'asked',
      condition: { all: [{ left: '{{ trigger.question }}', is: 'present' }] },
      steps: [
        {
          kind: 'reply',
          name: 'answer',
          text: 'About {{ trigger.question }}: {{ steps.read.record.NextStep }}',
          fields: [{ name: 'Name', value: '{{ steps.read.record.Name }}' }],
          output: { told: '{{ steps.read.record.Description }}' },
        },
      ],
    },
  ],
})

beforeAll(async () => {
  collector = await startOtlpReceiver()
  behalf = await startTestBehalf({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
  author = await behalf.addPerson('Arthur Author', 'analyst')
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  recipe = await makeRecipe()
  const mine = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, mine.body.data.url, 'Alice Ng')
  const opportunity = await addOpportunity()

  const good = await startJob(alice, recipe, { question: secret('input'), id: opportunity })
  await jobIn(alice, good, 'succeeded')
  const bad = await startJob(alice, recipe, { question: secret('input'), id: secret('error') })
  await jobIn(alice, bad, 'failed')
  await alice.say(`tell question: ${secret('input')} id: ${opportunity}`)
  await alice.say(`tell question: ${secret('input')} id: ${secret('error')}`)
  for (const what of ['reply', 'error'])
    await until(async () =>
      (await alice.chat()).some(({ from, text }) => from === 'behalf' && text.includes(secret(what))),
    )
  // One that waits, whose data is there as long.
  await alice.api(
    'POST',
    `/connections/${(await alice.api('GET', '/me/connections')).body.data[0].connection.id}/disconnect`,
  )
  const waiting = await startJob(alice, recipe, { question: secret('input'), id: opportunity })
  await jobIn(alice, waiting, 'waiting_for_connection')
  jobs = [good, bad, waiting]
})
afterAll(async () => {
  await behalf.stop()
  await collector.stop()
})

/** Made, shared and started by its author, who is no administrator. */
async function makeRecipe(): Promise<RecipeId> {
  const made = await author.api('POST', '/recipes', {
    project_id: behalf.projectId,
    environment: 'PROD',
    document: document(),
  })
  expect(made.status).toBe(201)
  const { id } = made.body.data
  expect((await author.api('PUT', `/recipes/${id}/runners`, { everyone: true })).status).toBe(200)
  expect((await author.api('POST', `/recipes/${id}/start`)).status).toBe(200)
  return id
}

/** An opportunity of the CRM that bears the data. Made there by Alice herself, without Behalf. */
async function addOpportunity(): Promise<string> {
  const token = await alicesOwnToken()
  const answer = await fetch(`${behalf.crm.url}/services/data/v62.0/sobjects/Opportunity`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      Name: secret('output'),
      NextStep: secret('reply'),
      Description: secret('result'),
      StageName: 'Prospecting',
      CloseDate: '2027-01-31',
    }),
  })
  return ((await answer.json()) as { id: string }).id
}

async function alicesOwnToken(): Promise<string> {
  const child = await behalf.database.db
    .selectFrom('connections')
    .select('id')
    .where('person_id', '=', alice.person.id)
    .executeTakeFirstOrThrow()
  return (await loadGrant(behalf.ctx, child.id))?.accessToken.reveal() ?? ''
}

test('job-data-peek: Alice herself sees everything, so that what is looked for is there', async () => {
  const [good, bad, waiting] = await Promise.all(jobs.map((id) => alice.api('GET', `/jobs/${id}`)))
  expect(findPlanted(DATA, JSON.stringify(good?.body)).sort()).toEqual(['input', 'output', 'reply', 'result'])
  expect(findPlanted(DATA, JSON.stringify(bad?.body.data.error))).toEqual(['error'])
  expect(findPlanted(DATA, JSON.stringify(waiting?.body))).toEqual(['input'])
  expect(findPlanted(DATA, JSON.stringify(await alice.chat())).sort()).toEqual(['error', 'input', 'output', 'reply'])
})

describe('job-data-peek: nobody else gets any of it', () => {
  const viewers: [string, () => Promise<TestPerson>][] = [
    ['the owner', async () => behalf.owner],
    ['an administrator', () => behalf.addPerson('Adam Admin', 'admin')],
    ['the recipe’s author', async () => author],
    ['an Operator', () => behalf.addPerson('Otto Operator', 'operator')],
    ['a member who may run the same recipe', () => behalf.addPerson('Bob Ortiz')],
  ]
  test.each(viewers)('job-data-peek: %s reads all that the API has', async (_, viewerOf) => {
    const viewer = await viewerOf()
    const seen = await walkApi(behalf, (path) => viewer.browser.fetch(new URL(`/api${path}`, behalf.url)))
    expectNothing(seen)
    const lines = await viewer.api('GET', `/chat/messages?person_id=${alice.person.id}`)
    expect(findPlanted(DATA, JSON.stringify(lines.body))).toEqual([])
  })

  test('job-data-peek: whoever may see job history sees that it ran, as whom, with which outcome, and the shape', async () => {
    const { body } = await behalf.owner.api('GET', `/jobs/${jobs[0]}`)
    const hidden = { kind: 'private', label: '[private to Alice Ng]' }
    expect(body.data).toMatchObject({
      person: { name: 'Alice Ng' },
      status: 'succeeded',
      input: { ...hidden, shape: { question: 'text', id: 'text' } },
      result: hidden,
    })
    expect(body.data.steps[0]).toMatchObject({ status: 'succeeded', http_status: 200, input: hidden, output: hidden })
    const failed = await behalf.owner.api('GET', `/jobs/${jobs[1]}`)
    expect(failed.body.data).toMatchObject({ error_code: 'outside_not_found', error: hidden })
  })

  test('job-data-peek: an API key with every privilege', async () => {
    const privileges = Object.keys(PRIVILEGES) as Privilege[]
    const { body } = await behalf.owner.api('POST', '/api_keys', { name: 'All', privileges })
    const headers = { authorization: `Bearer ${body.data.token}` }
    const seen = await walkApi(behalf, (path) => fetch(new URL(`/api${path}`, behalf.url), { headers }))
    expect(seen.some(({ path, status }) => path === `/jobs/${jobs[0]}` && status === 200)).toBe(true)
    expectNothing(seen)
  })

  test('job-data-peek: the same idempotency key does not answer with Alice’s job', async () => {
    const run = (person: TestPerson) =>
      person.browser.fetch(new URL(`/api/recipes/${recipe}/run`, behalf.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: behalf.url.origin, 'idempotency-key': 'the-same' },
        body: JSON.stringify({ input: { question: secret('input'), id: secret('error') }, wait_seconds: 0 }),
      })
    const hers = (await (await run(alice)).json()) as { data: { id: string } }
    const theirs = (await (await run(behalf.owner)).json()) as { data: { id: string } }
    expect(theirs.data.id).not.toBe(hers.data.id)
  })

  test('job-data-peek: whoever reads the traces, which do not tell who she is either', async () => {
    const [good, bad] = jobs as [JobId, JobId]
    const text = await collector.textAfter(good, bad)
    const who = [
      { what: 'name', value: 'Alice Ng' },
      { what: 'e-mail', value: 'alice@acme.test' },
      { what: 'id', value: alice.person.id },
    ]
    expect(findPlanted([...DATA, ...who], text)).toEqual([])
    expect(text).toContain(good)
    expect(text).toContain('outside_not_found')
  })

  test('job-data-peek: the live stream of another person’s chat', async () => {
    const stop = new AbortController()
    const url = new URL('/api/chat/stream', behalf.url)
    const headers = { 'last-event-id': '0', accept: 'text/event-stream' }
    const stream = await behalf.owner.browser.fetch(url, { headers, signal: stop.signal })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    await behalf.owner.say('help')
    await alice.say(`tell question: ${secret('input')} id: ${secret('error')}`)
    let heard = ''
    // What was said to the owner after Alice's line comes after it: until then the stream would have told hers.
    await behalf.owner.say('connections')
    while (!heard.includes('"connections"')) heard += (await reader?.read())?.value ?? ''
    stop.abort()
    expect(heard).toContain('"help"')
    expect(findPlanted(DATA, heard)).toEqual([])
  })

  test('job-data-peek: the author, by a version of the recipe whose switch is off', async () => {
    const open = { ...document(), connections: crmConnection(parent, false) }
    const saved = await author.api('PUT', `/recipes/${recipe}`, { document: open, expected_version: 1 })
    expect(saved.status).toBe(200)
    const seen = await walkApi(behalf, (path) => author.browser.fetch(new URL(`/api${path}`, behalf.url)))
    expectNothing(seen)
    // The waiting job keeps the version, the privacy and the person it was recorded with.
    expect(await jobIn(alice, jobs[2] as JobId, 'waiting_for_connection')).toMatchObject({
      private: true,
      recipe_version: 1,
    })
  })

  test('job-data-peek: whoever cancels the job, or reads the log', async () => {
    const cancelled = await behalf.owner.api('POST', `/jobs/${jobs[2]}/cancel`)
    expect(cancelled).toEqual({ status: 204, body: null })
    await jobEnded(alice, jobs[2] as JobId)
    expect(findPlanted(DATA, behalf.log.join('\n'))).toEqual([])
  })
})

function expectNothing(seen: Seen[]): void {
  expect(seen.filter(({ status }) => status === 200).length).toBeGreaterThan(5)
  expect(seen.filter(({ status }) => status >= 500)).toEqual([])
  const leaks = seen.flatMap(({ path, body }) => findPlanted(DATA, body).map((what) => `${what} at ${path}`))
  expect(leaks).toEqual([])
}
