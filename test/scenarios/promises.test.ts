import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId
let recipe: RecipeId

const owners = () => behalf.crm.opportunities().map(({ name, owner }) => `${name}: ${owner}`)
const answers = async (person: TestPerson) =>
  (await person.chat()).filter(({ from, kind }) => from === 'behalf' && kind === 'reply').map(({ text }) => text)

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
})
afterAll(() => behalf.stop())

describe('the switch', () => {
  test('P1: with the switch off the record belongs to the account of the parent connection', async () => {
    recipe = await behalf.addRecipe(createOpportunity(parent, false))
    await alice.say('create opportunity name: Off')
    await until(() => owners().includes('Off: bob'))
    await until(async () => (await answers(alice)).includes('Created Off.'))
  })

  test('P2, P3, P4: with the switch on the invoker is asked once, the job goes on by itself, and the record is theirs', async () => {
    const { body } = await behalf.owner.api('GET', `/recipes/${recipe}`)
    const saved = await behalf.owner.api('PUT', `/recipes/${recipe}`, {
      document: createOpportunity(parent, true),
      expected_version: body.data.version,
    })
    expect(saved.status).toBe(200)
    await alice.say('create opportunity name: Mine')
    const done = await connectAt(alice, await alice.prompt(), 'Alice Ng')
    expect(done.text()).toContain('Salesforce is connected')
    await until(() => owners().includes('Mine: alice'))
    await until(async () => (await answers(alice)).includes('Created Mine.'))

    await alice.say('create opportunity name: Again')
    await until(() => owners().includes('Again: alice'))
    expect((await alice.chat()).filter(({ kind }) => kind === 'ask')).toHaveLength(1)

    await bob.say('create opportunity name: Bobs')
    expect(await bob.prompt()).toContain('/connect/l/')
    expect(owners()).not.toContain('Bobs: alice')
    await connectAt(bob, await bob.prompt(), 'Bob Ortiz')
    await until(() => owners().includes('Bobs: bob'))
  })
})
