import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createOne } from '../support/recipes.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: string
let otherParent: string
let child: string
beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true })
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz')
  parent = await behalf.addCrmParent('Sales')
  otherParent = await behalf.addCrmParent('Support')
  for (const [connectionId, command] of [
    [parent, 'at sales'],
    [parent, 'also at sales'],
    [otherParent, 'at support'],
  ] as const)
    await behalf.addRecipe(createOne({ connectionId, personal: true, command }))
  await alice.say('at sales name: Mine')
  await connectAt(alice, await alice.prompt(), 'Alice Ng', 'Salesforce')
  await until(() => ownerOf('Mine') === 'alice')
  child = (await alice.api('GET', '/me/consents')).body.data[0].connection.id
})
afterAll(() => behalf.stop())

const ownerOf = (wanted: string) => behalf.crm.opportunities().find(({ name }) => name === wanted)?.owner

/** Says a command whose job has to wait, and makes nothing. */
async function expectAsked(person: TestPerson, command: string, opportunity: string): Promise<void> {
  const before = (await person.chat()).filter(({ kind }) => kind === 'ask').length
  await person.say(`${command} name: ${opportunity}`)
  await person.prompt(before)
  expect(ownerOf(opportunity)).toBeUndefined()
}

test('P5: a child cannot be chosen in a recipe', async () => {
  for (const personal of [true, false]) {
    const document = createOne({ connectionId: child, personal, command: 'by the child' })
    const place = { project_id: behalf.projectId, environment: 'PROD' }
    const made = await behalf.owner.api('POST', '/recipes', { ...place, document })
    expect(made.status).toBe(422)
    expect(JSON.stringify(made.body)).toContain('There is no such connection')
  }
})

test('P5: a child is absent from pickers and from the list of connections, and there when it is asked for', async () => {
  const ids = async (query = '') =>
    (await behalf.owner.api('GET', `/connections${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await ids()).toEqual([otherParent, parent])
  expect(await ids(`?parent_id=${parent}`)).toEqual([])
  expect(await ids('?include_runtime_connections=true')).toContain(child)
})

test('P5: a child is used only for its own person', () => expectAsked(bob, 'at sales', 'His'))

test('P5: a child is used only under its own parent', () => expectAsked(alice, 'at support', 'Elsewhere'))

test('P5: a child is used only in recipes its person consented to', () =>
  expectAsked(alice, 'also at sales', 'Not allowed'))
