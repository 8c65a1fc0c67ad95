import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf } from '../../src/commands/identify.ts'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { overhear } from '../support/overhear.ts'
import { findPlanted, type Planted } from '../support/planted.ts'
import { createOne, createTwo, crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { walkApi } from '../support/walk-api.ts'

let collector: OtlpReceiver
let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let child: ConnectionId
let two: RecipeId
let credentials: Planted[]

const usesOf = (job: JobId) =>
  behalf.database.db.selectFrom('credential_uses').selectAll().where('job_id', '=', job).orderBy('id').execute()
const connect = async () => {
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, body.data.url, 'Alice Ng')
  const { body: mine } = await alice.api('GET', '/me/connections')
  return mine.data[0].connection.id
}

beforeAll(async () => {
  collector = await startOtlpReceiver()
  behalf = await startTestBehalf({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
  credentials = overhear(behalf.ctx)
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  two = await behalf.addRecipe(createTwo({ connectionId: parent, personal: true, command: 'two' }))
  child = await connect()
})
afterAll(async () => {
  await behalf.stop()
  await collector.stop()
})

test('P14: every step that used a credential is on record: who, recipe, version, step, connection, outside account, when, outcome', async () => {
  const from = new Date()
  const job = await startJob(alice, two, { name: 'On record' })
  await jobIn(alice, job, 'succeeded')
  const common = {
    workspace_id: alice.person.workspaceId,
    connection_id: child,
    parent_id: parent,
    person_id: alice.person.id,
    account_label: 'alice@acme.test',
    recipe_id: two,
    recipe_version: 1,
    job_id: job,
    action: 'create_record',
    requests: 1,
    http_status: 201,
    outcome: 'succeeded',
  }
  const uses = await usesOf(job)
  expect(uses).toMatchObject([
    { ...common, step: 'first' },
    { ...common, step: 'second' },
  ])
  for (const { at } of uses) expect(at.getTime()).toBeGreaterThanOrEqual(from.getTime() - 1000)

  const { body } = await behalf.owner.api('GET', `/connections/${child}/uses`)
  expect(body.data.slice(0, 2)).toMatchObject([
    { step: 'second', job_id: job, recipe: { id: two }, account_label: common.account_label, outcome: 'succeeded' },
    { step: 'first', job_id: job },
  ])
})

test('P14: a use of the parent’s own account is on record with the person for whom it was made', async () => {
  const off = await behalf.addRecipe(createOne({ connectionId: parent, personal: false, command: 'off' }))
  const job = await startJob(alice, off, { name: 'By the parent' })
  await jobIn(alice, job, 'succeeded')
  const use = {
    connection_id: parent,
    parent_id: null,
    person_id: alice.person.id,
    account_label: 'bob@acme.test',
  }
  expect(await usesOf(job)).toMatchObject([{ ...use, outcome: 'succeeded' }])
})

test('P14: a use that failed is on record with its HTTP status and code', async () => {
  const document = {
    name: 'Read what is not there',
    trigger: { kind: 'api' },
    connections: crmConnection(parent, true),
    steps: [
      {
        kind: 'action',
        name: 'read',
        connection: 'crm',
        action: 'get_record',
        input: { type: 'Opportunity', id: '006000000000999AAA' },
      },
    ],
  }
  const job = await startJob(alice, await behalf.addRecipe(document), {})
  expect(await jobEnded(alice, job)).toMatchObject({ status: 'failed', error_code: 'outside_not_found' })
  const failed = { step: 'read', action: 'get_record', connection_id: child, requests: 1, http_status: 404 }
  expect(await usesOf(job)).toMatchObject([{ ...failed, outcome: 'outside_not_found' }])
})

test('P14: a use that was cut off is on record, and so is the one after the person connected again', async () => {
  await behalf.crm.revokeGrantsOf('alice')
  const job = await startJob(alice, two, { name: 'Interrupted' })
  await jobIn(alice, job, 'waiting_for_connection')
  expect(await usesOf(job)).toMatchObject([
    { step: 'first', connection_id: child, person_id: alice.person.id, http_status: 401, outcome: 'interrupted' },
  ])
  await connect()
  await jobIn(alice, job, 'succeeded')
  const outcomes = (await usesOf(job)).map(({ step, outcome }) => `${step}: ${outcome}`)
  expect(outcomes).toEqual(['first: interrupted', 'first: succeeded', 'second: succeeded'])
})

test('P14: a use is on record also when its job was cancelled before the answer came', async () => {
  const first = holdAnswer(behalf.ctx, ({ method, url }) => method === 'POST' && url.pathname.includes('sobjects'))
  const job = await startJob(alice, two, { name: 'Cancelled' })
  await first.arrived
  await alice.api('POST', `/jobs/${job}/cancel`)
  first.release()
  await expect.poll(() => usesOf(job)).toMatchObject([{ step: 'first', connection_id: child, requests: 1 }])
  expect(behalf.crm.opportunities().filter(({ name }) => name.startsWith('Cancelled'))).toHaveLength(1)
})

test('P11: no credential is shown by anything a person can read, nor by the log or a trace', async () => {
  const job = await startJob(alice, two, { name: 'Traced' })
  await jobIn(alice, job, 'succeeded')
  const wanted = { name: 'Shown once', privileges: ['connections.view'] }
  const { body: key } = await behalf.owner.api('POST', '/api_keys', wanted)
  credentials.push({ what: 'API key', value: key.data.token })
  for (const { browser } of [behalf.owner, alice])
    credentials.push({ what: 'session', value: browser.jar.get(behalf.url, cookieOf(behalf.ctx).name) ?? '' })
  const kinds = new Set(credentials.map(({ what }) => what))
  for (const kind of ['access_token', 'refresh_token', 'client_secret', 'code', 'code_verifier'])
    expect(kinds).toContain(kind)
  for (const viewer of [behalf.owner, alice]) {
    const seen = await walkApi(behalf, (path) => viewer.browser.fetch(new URL(`/api${path}`, behalf.url)))
    expect(seen.filter(({ status }) => status === 200).length).toBeGreaterThan(10)
    expect(seen.filter(({ body }) => findPlanted(credentials, body).length > 0)).toEqual([])
    expect(findPlanted(credentials, JSON.stringify(await viewer.chat()))).toEqual([])
  }
  expect(findPlanted(credentials, behalf.log.join('\n'))).toEqual([])
  expect(findPlanted(credentials, await collector.textAfter(job))).toEqual([])
})
