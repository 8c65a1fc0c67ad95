import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { PRIVILEGES } from '../../src/people/privileges.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createOne, crmConnection } from '../support/recipes.ts'
import { jobEnded, startJob } from '../support/run.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId
let recipe: RecipeId
let job: JobId
let everything: string
let ahead = 0

beforeAll(async () => {
  behalf = await startTestBehalf({ clock: () => new Date(Date.now() + ahead) })
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz', 'admin')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  const document = createOne({ connectionId: parent, personal: true, command: 'make one' }) as { steps: object[] }
  document.steps.splice(1, 0, { ...document.steps[0], name: 'hidden', masked: true })
  recipe = await behalf.addRecipe(document)
  const mine = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, mine.body.data.url, 'Alice Ng')
  const wanted = { name: 'All', privileges: Object.keys(PRIVILEGES) }
  everything = (await behalf.owner.api('POST', '/api_keys', wanted)).body.data.token
  job = await startJob(alice, recipe, { name: SECRET })
  await jobEnded(alice, job)
}, 60_000)
afterAll(() => behalf?.stop())

const SECRET = 'Merger with Globex'
const made = () => behalf.crm.opportunities().length

const byKey = async (method: string, path: string) => {
  const headers = { authorization: `Bearer ${everything}` }
  const answer = await fetch(new URL(`/api${path}`, behalf.url), { method, headers })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

test('rerun-by-another: a job of Alice’s is not run again by an administrator, an owner or a key with every privilege', async () => {
  const before = made()
  for (const answer of [
    await bob.api('POST', `/jobs/${job}/rerun`),
    await behalf.owner.api('POST', `/jobs/${job}/rerun`),
    await byKey('POST', `/jobs/${job}/rerun`),
    await behalf.owner.api('POST', `/jobs/${job}/rerun?external_id=alice`),
  ])
    expect(answer.status).toBe(403)
  expect(made()).toBe(before)
  expect((await alice.api('GET', '/me/jobs')).body.data).toHaveLength(1)
  const { data } = (await behalf.owner.api('GET', '/audit_events?action=access.refused')).body
  const refused = data.filter(({ details }: { details: { code: string } }) => details.code === 'rerun_by_its_person')
  expect(refused).toHaveLength(3)
})

test('rerun-by-another: a job of nobody’s whose recipe has come to use Alice’s delegated connection is hers to run again', async () => {
  const inner = await behalf.addRecipe({
    name: 'As you',
    trigger: { kind: 'function', input: { type: 'object' }, output: { type: 'object' } },
    connections: crmConnection(parent, true),
    steps: [
      {
        kind: 'action',
        name: 'make',
        connection: 'crm',
        action: 'create_record',
        input: {
          type: 'Opportunity',
          fields: { Name: 'By delegation', StageName: 'Prospecting', CloseDate: '2027-01-31' },
        },
      },
      { kind: 'reply', name: 'answer', text: '', output: {} },
    ],
  })
  const document = {
    name: 'Hook',
    trigger: { kind: 'webhook' },
    steps: [{ kind: 'reply', name: 'answer', text: 'Hi' }],
  }
  const hook = await behalf.addRecipe(document)
  const address = async () => (await behalf.owner.api('POST', `/recipes/${hook}/webhook`)).body.data.url
  const call = async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(await address(), { method: 'POST', headers, body: '{}' })
    return ((await answer.json()) as { data: { job_id: JobId } }).data.job_id
  }
  const plain = await call()
  await jobEnded(behalf.owner, plain)
  const [child] = (await alice.api('GET', '/me/connections')).body.data
  const overrides = { crm: child.connection.id }
  const steps = [{ kind: 'call', name: 'go', recipe_id: inner, connection_overrides: overrides }]
  const saved = await behalf.owner.api('PUT', `/recipes/${hook}`, {
    document: { ...document, steps },
    expected_version: 1,
  })
  expect(saved.status).toBe(200)
  const until = new Date(Date.now() + 60_000_000).toISOString()
  await alice.api('POST', '/me/delegations', { connection_id: child.connection.id, recipe_id: hook, until })
  const delegated = await call()
  expect(await jobEnded(alice, delegated)).toMatchObject({ status: 'succeeded', delegator: { name: 'Alice Ng' } })
  expect((await alice.api('GET', '/me/jobs')).body.data.map(({ id }: { id: JobId }) => id)).toEqual([delegated, job])
  const before = made()
  for (const id of [plain, delegated])
    expect((await behalf.owner.api('POST', `/jobs/${id}/rerun`)).body.error.code).toBe('rerun_by_its_person')
  expect(made()).toBe(before)
  const hers = await alice.api('POST', `/jobs/${delegated}/rerun`)
  expect(hers.status).toBe(202)
  await jobEnded(alice, hers.body.data.id)
  expect(made()).toBe(before + 1)
})

test('job-data-peek: what its person shares is seen with Job data alone, without masked steps, and for 24 hours', async () => {
  const read = async () => [
    JSON.stringify((await behalf.owner.api('GET', `/jobs/${job}`)).body),
    JSON.stringify((await byKey('GET', `/jobs/${job}`)).body),
  ]
  const operator = await behalf.addPerson('Otto Operator', 'operator')
  for (const person of [bob, behalf.owner, operator])
    expect((await person.api('POST', `/jobs/${job}/share`)).status).toBe(404)
  expect((await byKey('POST', `/jobs/${job}/share`)).status).toBe(404)
  for (const seen of await read()) expect(seen).not.toContain(SECRET)

  expect((await alice.api('POST', `/jobs/${job}/share`)).status).toBe(200)
  for (const seen of await read()) expect(seen).toContain(SECRET)
  const { steps } = (await behalf.owner.api('GET', `/jobs/${job}`)).body.data
  expect(steps.map(({ input }: { input: { label?: string } }) => input?.label)).toContain('[masked by the recipe]')
  expect(JSON.stringify((await operator.api('GET', `/jobs/${job}`)).body)).not.toContain(SECRET)
  expect((await operator.api('DELETE', `/jobs/${job}/share`)).status).toBe(404)
  // Another of her jobs is not shared with it.
  const other = await startJob(alice, recipe, { name: SECRET })
  await jobEnded(alice, other)
  expect(JSON.stringify((await behalf.owner.api('GET', `/jobs/${other}`)).body)).not.toContain(SECRET)

  ahead += 24 * 60 * 60 * 1000
  for (const seen of await read()) expect(seen).not.toContain(SECRET)
})
