import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { createOne, createTwo } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let one: RecipeId
let two: RecipeId

const owners = () => behalf.crm.opportunities().map(({ name, owner }) => `${name}: ${owner}`)
const mine = async (person: TestPerson) => {
  const { body } = await person.api('GET', '/me/connections')
  return body.data.find((each: { parent_id: string }) => each.parent_id === parent)?.connection
}
const connect = async (person: TestPerson, as: string) => {
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  const done = await connectAt(person, body.data.url, as)
  expect(done.text()).toContain('is connected')
}

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
})
afterAll(() => behalf.stop())
// A parent of its own for each test, since some of them delete it.
beforeEach(async () => {
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  const command = `c${parent.slice(-8)}`
  one = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: `${command} one` }))
  two = await behalf.addRecipe(createTwo({ connectionId: parent, personal: true, command: `${command} two` }))
})

test('P6: a step whose person is not connected, refused or was cut off never runs with the parent’s credentials', async () => {
  const before = behalf.crm.requests.length
  const job = await startJob(alice, one, { name: 'P6' })
  await jobIn(alice, job, 'waiting_for_connection')
  const asked = await behalf.owner.api('GET', `/connections/${parent}`)
  expect(asked.body.data).toMatchObject({ authorization_status: 'success', account: { email: 'bob@acme.test' } })
  const refused = await alice.api('POST', `/recipes/${one}/run`, { input: { name: 'P6 refused' }, wait_seconds: 0 })
  await (await alice.browser.open(refused.body.data.connect_url)).click('Not now')
  await jobEnded(alice, refused.body.data.id)
  expect(behalf.crm.requests.length).toBe(before)

  await connect(alice, 'Alice Ng')
  await jobIn(alice, job, 'succeeded')
  const first = holdAnswer(behalf.ctx, ({ method, url }) => method === 'POST' && url.pathname.includes('sobjects'))
  const cutOff = await startJob(alice, two, { name: 'P6 cut off' })
  await first.arrived
  await alice.api('POST', `/connections/${(await mine(alice)).id}/disconnect`)
  first.release()
  await jobIn(alice, cutOff, 'waiting_for_connection')
  expect(owners().filter((each) => each.startsWith('P6'))).toEqual(['P6: alice', 'P6 cut off 1: alice'])
  await alice.api('POST', `/jobs/${cutOff}/cancel`)
})

describe.each([
  ['deleted by an administrator', (id: string) => behalf.owner.api('DELETE', `/connections/${id}`)],
  ['disconnected by an administrator', (id: string) => behalf.owner.api('POST', `/connections/${id}/disconnect`)],
  ['deleted by its person', (id: string) => alice.api('DELETE', `/connections/${id}`)],
])('a child connection %s', (how, cutOff) => {
  test(`P7: a running job stops before its next request, asks, and goes on after a new sign-in (${how})`, async () => {
    await connect(alice, 'Alice Ng')
    const { id } = await mine(alice)
    const name = `P7 ${how}`
    const first = holdAnswer(behalf.ctx, ({ method, url }) => method === 'POST' && url.pathname.includes('sobjects'))
    const job = await startJob(alice, two, { name })
    await first.arrived
    const before = behalf.crm.requests.length
    expect((await cutOff(id)).status).toBe(204)
    // The grant is dead at the application too, so that nothing could be done with what leaked.
    await until(() => behalf.crm.liveGrantsOf('alice') === 0)
    first.release()

    const waiting = await jobIn(alice, job, 'waiting_for_connection')
    expect(waiting.waits).toMatchObject([{ connection_id: parent }])
    expect(behalf.crm.requests.length).toBe(before)
    expect(owners().filter((each) => each.startsWith(name))).toEqual([`${name} 1: alice`])
    const { body } = await alice.api('GET', `/jobs/${job}`)
    expect(body.data.steps).toMatchObject([{ step: 'first', status: 'succeeded' }])

    await connect(alice, 'Alice Ng')
    await jobIn(alice, job, 'succeeded')
    // A deleted connection is gone for good; a disconnected one is the same again.
    expect((await mine(alice)).id === id).toBe(how.startsWith('disconnected'))
    expect(owners().filter((each) => each.startsWith(name))).toEqual([`${name} 1: alice`, `${name} 2: alice`])
    await alice.api('DELETE', `/connections/${(await mine(alice)).id}`)
  })
})

test('P8: deleting a parent stops its recipes with that reason, and its children stay, orphaned, until they are deleted', async () => {
  await connect(alice, 'Alice Ng')
  const child = await mine(alice)
  const dora = await behalf.addPerson('Dora Klein')
  const waiting = await startJob(dora, one, { name: 'P8 waits' })
  await jobIn(dora, waiting, 'waiting_for_connection')

  expect((await behalf.owner.api('DELETE', `/connections/${parent}`)).status).toBe(204)
  const { body: recipe } = await behalf.owner.api('GET', `/recipes/${one}`)
  expect(recipe.data).toMatchObject({ status: 'stopped', stopped_reason: expect.stringContaining('was deleted') })
  expect(await jobEnded(dora, waiting)).toMatchObject({ status: 'failed', error_code: 'parent_deleted' })
  const again = await alice.api('POST', `/recipes/${one}/run`, { input: { name: 'P8' }, wait_seconds: 0 })
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'recipe_stopped' } } })

  expect(await mine(alice)).toMatchObject({ id: child.id, status: 'orphaned' })
  expect((await alice.api('POST', `/me/connections/${parent}/connect`)).status).toBe(404)
  expect(behalf.crm.liveGrantsOf('alice')).toBe(1)
  expect((await alice.api('DELETE', `/connections/${child.id}`)).status).toBe(204)
  // Still revocable: with the client that the parent left behind.
  await until(() => behalf.crm.liveGrantsOf('alice') === 0)
  expect(await mine(alice)).toBeUndefined()
})
