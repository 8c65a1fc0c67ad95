import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn } from '../support/run.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId
let alices: ConnectionId
let bobs: ConnectionId
let asPerson: RecipeId

beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true })
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  asPerson = await behalf.addRecipe(functionMaking('Make as you', '{{ trigger.name }}'))
  alices = await childOf(alice, 'Alice Ng')
  bobs = await childOf(bob, 'Bob Ortiz')
}, 60_000)
afterAll(() => behalf?.stop())

const create = (name: string) => ({
  kind: 'action',
  name: 'make',
  connection: 'crm',
  action: 'create_record',
  input: { type: 'Opportunity', fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' } },
})

/** A function whose switch is on. */
const functionMaking = (name: string, opportunity: string): object => ({
  name,
  trigger: {
    kind: 'function',
    input: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  },
  connections: crmConnection(parent, true),
  steps: [create(opportunity), { kind: 'reply', name: 'answer', text: '', output: { id: '{{ steps.make.id }}' } }],
})

/** A webhook that has the function use the connections named. */
const calling = (name: string, crm: string | null, more: object = {}): object => ({
  name,
  trigger: { kind: 'webhook', ...more },
  steps: [
    {
      kind: 'call',
      name: 'go',
      recipe_id: asPerson,
      input: { name: '{{ trigger.body.name }}' },
      connection_overrides: crm === null ? {} : { crm },
    },
  ],
})

async function childOf(person: TestPerson, as: string): Promise<ConnectionId> {
  // Listed once a recipe of theirs uses it.
  await behalf.addRecipe({
    name: `Of ${as}`,
    trigger: { kind: 'command', command: as.toLowerCase() },
    connections: crmConnection(parent, true),
    steps: [create('never')],
  })
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(person, body.data.url, as)
  return (await person.api('GET', '/me/connections')).body.data[0].connection.id
}

/** Makes the recipe without starting it, and answers why it may not start. */
async function problemsOf(document: object): Promise<string[]> {
  const { id: project_id } = (await behalf.owner.api('GET', '/projects')).body.data[0]
  const made = await behalf.owner.api('POST', '/recipes', { project_id, environment: 'PROD', document })
  const { body } = await behalf.owner.api('GET', `/recipes/${made.body.data.id}`)
  return body.data.problems.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`)
}

async function called(id: RecipeId, name: string) {
  const { body } = await behalf.owner.api('POST', `/recipes/${id}/webhook`)
  const response = await fetch(body.data.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  return (await response.json()) as { data?: { job_id: JobId }; error?: { code: string } }
}

async function call(id: RecipeId, name: string): Promise<JobId> {
  const { data, error } = await called(id, name)
  if (error) throw new Error(error.code)
  return data?.job_id as JobId
}

const delegate = async (person: TestPerson, connection_id: string, recipe_id: string) => {
  const until = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString()
  const { status, body } = await person.api('POST', '/me/delegations', { connection_id, recipe_id, until })
  expect(status).toBe(201)
  return body.data.id
}
const made = (name: string) =>
  behalf.crm
    .opportunities()
    .filter((each) => each.name === name)
    .map(({ owner }) => owner)

test('other-persons-child: a recipe without a person cannot call a function that runs as one, unless it names a person’s own connection', async () => {
  expect(await problemsOf(calling('Nobody', null))).toEqual(['steps[0].connection_overrides override_needed'])
  expect(await problemsOf(calling('Parent', parent))).toEqual(['steps[0].connection_overrides.crm override_is_parent'])
  expect(await problemsOf(calling('Gone', 'con_nothing'))).toEqual([
    'steps[0].connection_overrides.crm override_missing',
  ])
  expect(await problemsOf(calling('Answers', alices, { respond: 'when_done' }))).toEqual([
    'trigger.respond override_needs_private_answer',
  ])
  const command = {
    ...calling('Of a person', alices),
    trigger: { kind: 'command', command: 'of a person', parameters: [{ name: 'body', type: 'text' }] },
  }
  expect(await problemsOf(command)).toContain('steps[0].connection_overrides overrides_need_no_person')
})

test('other-persons-child: one job uses the delegated connections of one person only', async () => {
  const two = calling('Two', alices) as { steps: object[] }
  const [first] = two.steps
  two.steps.push({ ...first, name: 'again', connection_overrides: { crm: bobs } })
  expect(await problemsOf(two)).toEqual(['steps[1].connection_overrides.crm overrides_of_two_persons'])
})

test('other-persons-child: a named connection works for as long as its person delegates it to the recipe that names it, and the job is private to them', async () => {
  const id = await behalf.addRecipe(calling('Delegated', alices))
  const notYet = await call(id, 'Not yet')
  expect(await jobIn(behalf.owner, notYet, 'waiting_for_connection')).toMatchObject({ private: true, person: null })

  // Leave for the function is no leave for whoever calls it.
  await delegate(alice, alices, asPerson)
  await jobIn(behalf.owner, await call(id, 'Not for the function'), 'waiting_for_connection')
  expect([...made('Not yet'), ...made('Not for the function')]).toEqual([])

  const given = await delegate(alice, alices, id)
  expect((await jobEnded(behalf.owner, notYet)).status).toBe('succeeded')
  const jobId = await call(id, 'For Alice')
  const job = await jobEnded(behalf.owner, jobId)
  expect(job).toMatchObject({ status: 'succeeded', private: true, person: null })
  expect(made('For Alice')).toEqual(['alice'])
  expect(JSON.stringify(job)).not.toContain('For Alice')
  expect(job.input).toMatchObject({ kind: 'private', label: '[private to Alice Ng]' })
  const own = await alice.api('GET', `/jobs/${jobId}`)
  expect(own.body.data.steps.find(({ step }: { step: string }) => step === 'go.make')).toMatchObject({
    connection: { id: alices, personal: true },
    input: { kind: 'shown' },
  })
  expect((await bob.api('GET', `/jobs/${jobId}`)).status).toBe(404)

  expect((await alice.api('DELETE', `/me/delegations/${given}`)).status).toBe(204)
  await jobIn(behalf.owner, await call(id, 'Ended'), 'waiting_for_connection')
  expect(made('Ended')).toEqual([])
})

test('other-persons-child: a function that does more than was delegated is not let', async () => {
  const id = await behalf.addRecipe(calling('Grows', alices))
  await delegate(alice, alices, id)
  await jobEnded(behalf.owner, await call(id, 'Before'))
  expect(made('Before')).toEqual(['alice'])
  const { body } = await behalf.owner.api('GET', `/recipes/${asPerson}`)
  const { document, version } = body.data
  const more = {
    kind: 'action',
    name: 'look',
    connection: 'crm',
    action: 'run_soql',
    input: { query: 'select Id from Account' },
  }
  const grown = { ...document, steps: [more, ...document.steps] }
  await behalf.owner.api('PUT', `/recipes/${asPerson}`, { document: grown, expected_version: version })
  await jobIn(behalf.owner, await call(id, 'After'), 'waiting_for_connection')
  expect(made('After')).toEqual([])
})

test('other-persons-child: a parent connection named behind the server’s back is refused when it runs', async () => {
  const id = await behalf.addRecipe(calling('Tampered', alices))
  await sql`update recipe_versions set document = replace(document::text, ${alices}, ${parent})::jsonb
    where recipe_id = ${id}`.execute(behalf.ctx.db)
  const answer = await called(id, 'By the parent')
  expect(answer).toMatchObject({ error: { code: 'override_is_parent' } })
  expect(made('By the parent')).toEqual([])
})
