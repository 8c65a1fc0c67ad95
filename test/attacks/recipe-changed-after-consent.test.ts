import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { createOne, createTwo } from '../support/recipes.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let parent: string
let recipe: string
beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true })
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent as never, 'Bob Ortiz')
  recipe = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'allowed one' }))
  await alice.say('allowed one name: Allowed')
  await connectAt(alice, await alice.prompt(), 'Alice Ng')
  await until(() => owners().Allowed === 'alice')
})
afterAll(() => behalf.stop())

/** Whose each opportunity is, as the CRM itself has it. */
const owners = (): Record<string, string> =>
  Object.fromEntries(behalf.crm.opportunities().map(({ name, owner }) => [name, owner]))

const asks = async () => (await alice.chat()).filter(({ kind }) => kind === 'ask').length

/** Saves another version of the recipe, as its builder may. */
async function change(document: object): Promise<void> {
  const { body } = await behalf.owner.api('GET', `/recipes/${recipe}`)
  const saved = await behalf.owner.api('PUT', `/recipes/${recipe}`, { document, expected_version: body.data.version })
  expect(saved.status).toBe(200)
}

const reading = {
  kind: 'action',
  name: 'read',
  connection: 'crm',
  action: 'run_soql',
  input: { query: 'SELECT Id FROM Account' },
}

test('recipe-changed-after-consent: another recipe of the same parent asks before it uses the child', async () => {
  await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'sneak in' }))
  const before = await asks()
  await alice.say('sneak in name: Sneaked')
  await alice.prompt(before)
  expect(owners()).not.toHaveProperty('Sneaked')
})

test('recipe-changed-after-consent: a recipe that does more asks before it does any of it', async () => {
  const document = createTwo({ connectionId: parent, personal: true, command: 'allowed one' }) as { steps: object[] }
  await change({ ...document, steps: [...document.steps, reading] })
  const before = await asks()
  await alice.say('allowed one name: Grown')
  await alice.prompt(before)
  expect(owners()).not.toHaveProperty('Grown 1')
})

test('recipe-changed-after-consent: leave that is taken back stops a running job before its next request', async () => {
  await change(createTwo({ connectionId: parent, personal: true, command: 'allowed one' }))
  const before = await asks()
  const held = holdAnswer(behalf.ctx, ({ method, url }) => method === 'POST' && url.pathname.includes('sobjects'))
  await alice.say('allowed one name: Stopped')
  await held.arrived
  const { body } = await alice.api('GET', '/me/consents')
  for (const { id } of body.data) await alice.api('DELETE', `/me/consents/${id}`)
  held.release()
  await alice.prompt(before)
  const jobs = await alice.api('GET', '/me/jobs')
  expect(jobs.body.data[0].status).toBe('waiting_for_connection')
  expect(owners()['Stopped 1']).toBe('alice')
  expect(owners()).not.toHaveProperty('Stopped 2')
})
