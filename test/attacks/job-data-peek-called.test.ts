import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobId, RecipeId } from '../../src/core/ids.ts'
import { type DelegationStage, startDelegationStage } from '../support/delegation-stage.ts'
import { findPlanted } from '../support/planted.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn } from '../support/run.ts'
import { walkApi } from '../support/walk-api.ts'

const SECRET = 'Merger with Globex, for the eyes of Alice'
const planted = [{ what: 'secret', value: SECRET }]
const LABEL = '[private to Alice Ng]'

let stage: DelegationStage
/** Has no connection, and hands what it is given to another that has none. */
let hands: RecipeId
/** Writes what it is given with the builder's own account. */
let writes: RecipeId

const input = { type: 'object', properties: { data: {} }, required: ['data'] }
const apart = (recipe_id: string, data: string) => ({
  kind: 'call',
  name: 'apart',
  recipe_id,
  input: { data },
  wait: false,
})
const fn = (name: string, steps: object[], connections: object = {}): Promise<RecipeId> =>
  stage.addRecipe({ name, trigger: { kind: 'function', input }, connections, steps })
const create = (name: string) => ({
  kind: 'action',
  name: 'make',
  connection: 'crm',
  action: 'create_record',
  input: { type: 'Opportunity', fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' } },
})

beforeAll(async () => {
  stage = await startDelegationStage()
  const tells = await fn('Tells', [
    { kind: 'reply', name: 'tell', text: '{{ trigger.data }}', output: { told: '{{ trigger.data }}' } },
    { kind: 'stop', name: 'end', outcome: 'failed', message: '{{ trigger.data }}' },
  ])
  hands = await fn('Hands on', [
    { kind: 'reply', name: 'tell', text: '{{ trigger.data }}' },
    apart(tells, '{{ trigger.data }}'),
  ])
  writes = await fn('Writes', [create('{{ trigger.data }}')], crmConnection(stage.parent, false))
}, 60_000)
afterAll(() => stage?.stop())

/** Saves another version of the recipe with this step at its end, as its builder may. */
async function append(id: RecipeId, step: object): Promise<void> {
  const { document, version } = (await stage.owner.api('GET', `/recipes/${id}`)).body.data
  const changed = {
    ...document,
    steps: [...document.steps.filter(({ name }: { name: string }) => name !== 'apart'), step],
  }
  const saved = await stage.owner.api('PUT', `/recipes/${id}`, { document: changed, expected_version: version })
  expect(saved.status).toBe(200)
}

/** The job that a job of Alice's started, once it has ended, as she sees it. */
async function startedBy(id: string) {
  const { steps } = await jobEnded(stage.alice, id)
  const { output } = steps.find(({ step }: { step: string }) => step === 'apart')
  return jobEnded(stage.alice, output.value.job_id)
}

/** What a job of hers started, and what that started: hers to see, and nobody else's. */
async function expectHers(id: string, whose: object): Promise<void> {
  const first = await startedBy(id)
  const second = await startedBy(first.id)
  expect(second.status).toBe('failed')
  for (const seen of [first, second]) {
    expect(findPlanted(planted, JSON.stringify(seen))).toEqual(['secret'])
    const { body } = await stage.owner.api('GET', `/jobs/${seen.id}`)
    expect(body.data).toMatchObject({ private: true, ...whose, input: { kind: 'private', label: LABEL } })
    expect((await stage.owner.api('POST', `/jobs/${seen.id}/share`)).body.error.code).toBe('job_not_found')
    expect((await stage.alice.api('POST', `/jobs/${seen.id}/share`)).status).toBe(200)
    expect((await stage.alice.api('DELETE', `/jobs/${seen.id}/share`)).status).toBe(204)
  }
  const get = (path: string) => stage.owner.browser.fetch(new URL(`/api${path}`, stage.url))
  const seen = await walkApi(stage, get)
  expect(seen.flatMap(({ path, body }) => findPlanted(planted, body).map(() => path))).toEqual([])
  expect(findPlanted(planted, stage.log.join('\n'))).toEqual([])
}

/** Makes an opportunity as her, which she has allowed, and was asked for that once. */
async function allowedByAlice(command: string): Promise<RecipeId> {
  const id = await stage.addRecipe({
    name: command,
    trigger: { kind: 'command', command, parameters: [{ name: 'name', type: 'text' }] },
    connections: crmConnection(stage.parent, true),
    steps: [create('{{ trigger.name }}')],
  })
  const before = (await stage.alice.chat()).filter(({ kind }) => kind === 'ask').length
  await stage.alice.say(`${command} name: Allowing`)
  const page = await stage.alice.browser.open(await stage.alice.prompt(before))
  await page.click('use your Salesforce')
  return id
}

const ranAsAlice = (id: RecipeId): Promise<string> => runAsAlice(id, SECRET)

async function runAsAlice(id: RecipeId, name: string): Promise<string> {
  const { body } = await stage.alice.api('POST', `/recipes/${id}/run`, { input: { name }, wait_seconds: 10 })
  return body.data.id
}

test('job-data-peek: what a person’s job hands to a function that is not waited for stays theirs, all the way down', async () => {
  const id = await allowedByAlice('allowed')
  await append(id, apart(hands, '{{ trigger.name }}'))
  const job = await ranAsAlice(id)
  expect((await jobEnded(stage.alice, job)).status).toBe('succeeded')
  await expectHers(job, { person: { id: stage.alice.person.id }, delegator: null })
}, 60_000)

test('recipe-changed-after-consent: a function that is not waited for counts with all it does', async () => {
  const id = await allowedByAlice('allowed too')
  const before = stage.made(SECRET)
  await append(id, apart(writes, '{{ trigger.name }}'))
  await jobIn(stage.alice, await ranAsAlice(id), 'waiting_for_connection')
  expect(stage.made(SECRET)).toEqual(before)
}, 60_000)

test('recipe-changed-after-consent: leave for a function that one recipe starts is none for another that starts it', async () => {
  const makes = await fn('Makes as who runs it', [create('{{ trigger.data }}')], crmConnection(stage.parent, true))
  const starting = (name: string) =>
    stage.addRecipe({ name, trigger: api, steps: [apart(makes, '{{ trigger.name }}')] })
  const allow = async (job: string) => {
    await jobIn(stage.alice, job, 'waiting_for_connection')
    const page = await stage.alice.browser.open(await visitOf(job))
    await page.click('use your Salesforce')
  }
  const first = await runAsAlice(await starting('Starts it first'), 'First')
  await allow(first)
  const { steps } = await jobEnded(stage.alice, first)
  await allow(steps[0].output.value.job_id)
  await startedBy(first)
  expect(stage.made('First')).toEqual(['alice'])

  await jobIn(stage.alice, await runAsAlice(await starting('Starts it too'), 'Second'), 'waiting_for_connection')
  expect(stage.made('Second')).toEqual([])
}, 60_000)
const api = { kind: 'api', parameters: [{ name: 'name', type: 'text' }] }

async function visitOf(job: string): Promise<URL> {
  const visits = stage.database.db
    .selectFrom('connect_visits')
    .select('id')
    .where('job_id', '=', job as JobId)
  return new URL(`/connect/v/${(await visits.where('status', '=', 'open').executeTakeFirstOrThrow()).id}`, stage.url)
}

test('job-data-peek: what is done with a delegated connection stays its person’s where it is handed on', async () => {
  const { id, call } = await stage.naming('Nightly')
  const first = await call(SECRET)
  await stage.accept(id)
  await jobEnded(stage.alice, first.body.data.job_id)
  await append(id, apart(hands, '{{ trigger.body.name }}'))
  const { body } = await call(SECRET)
  await expectHers(body.data.job_id, { person: null, delegator: { id: stage.alice.person.id } })

  await append(id, apart(writes, '{{ trigger.body.name }}'))
  const grown = await call(SECRET)
  await jobIn(stage.alice, grown.body.data.job_id, 'waiting_for_connection')
}, 60_000)

test('job-data-peek: what a private job was given stays private when it is run again, whatever its recipe has come to since', async () => {
  const id = await allowedByAlice('allowed then')
  const { call, id: nightly } = await stage.naming('Nightly then')
  const job = await ranAsAlice(id)
  const { body } = await call(SECRET)
  await stage.accept(nightly)
  const jobs = [job, body.data.job_id]
  for (const each of jobs) await jobEnded(stage.alice, each)
  for (const recipe of [id, nightly]) {
    const { document, version } = (await stage.owner.api('GET', `/recipes/${recipe}`)).body.data
    const harmless = { ...document, connections: {}, steps: [{ kind: 'reply', name: 'done', text: 'Done.' }] }
    await stage.owner.api('PUT', `/recipes/${recipe}`, { document: harmless, expected_version: version })
  }
  for (const each of jobs) {
    const again = (await stage.alice.api('POST', `/jobs/${each}/rerun`)).body.data.id
    expect(JSON.stringify(await jobEnded(stage.alice, again))).toContain(SECRET)
    const { data } = (await stage.owner.api('GET', `/jobs/${again}`)).body
    expect(data).toMatchObject({ private: true, input: { kind: 'private', label: LABEL } })
  }
}, 60_000)
