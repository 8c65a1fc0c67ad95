import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { createOne, createTwo } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'

/** What reached the CRM since the last test began. */
let before = 0
let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let one: RecipeId
let two: RecipeId
/** Names the parent's token at the CRM. */
let parentToken: string

const reached = () => behalf.crm.requests.slice(before)
const childOf = (person: TestPerson) =>
  behalf.database.db
    .selectFrom('connections')
    .selectAll()
    .where('person_id', '=', person.person.id)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
const connect = async (person: TestPerson, as: string) => {
  const mine = await person.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(person, mine.body.data.url, as)
}

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  one = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'one' }))
  two = await behalf.addRecipe(createTwo({ connectionId: parent, personal: true, command: 'two' }))
  const off = await behalf.addRecipe(createOne({ connectionId: parent, personal: false, command: 'off' }))
  // The parent is connected and works, all the while: it would be there to fall back on.
  await jobEnded(alice, await startJob(alice, off, { name: 'With the parent' }))
  parentToken = behalf.crm.requests.find(({ method }) => method === 'POST')?.tokenHash ?? ''
  expect(behalf.crm.opportunities()).toMatchObject([{ owner: 'bob' }])
})
afterAll(() => behalf.stop())
beforeEach(() => {
  before = behalf.crm.requests.length
})

describe('silent-fallback: with the switch on the parent’s token is never sent', () => {
  test('for a person who has no connection, who waits or says Not now', async () => {
    const job = await startJob(alice, one, { name: 'Never connected' })
    expect((await jobIn(alice, job, 'waiting_for_connection')).waits).toHaveLength(1)
    const mine = await alice.api('POST', `/me/connections/${parent}/connect`)
    expect((await alice.browser.open(mine.body.data.url)).text()).toContain('Connect your account')

    const declined = await alice.api('POST', `/recipes/${one}/run`, { input: { name: 'Not now' }, wait_seconds: 0 })
    const page = await alice.browser.open(declined.body.data.connect_url)
    await page.click('Not now')
    expect(await jobEnded(alice, declined.body.data.id)).toMatchObject({ status: 'cancelled', error_code: 'declined' })
    await alice.api('POST', `/jobs/${job}/cancel`)
    expect(reached()).toEqual([])
  })

  test('for a person who disconnected, or whose connection an administrator deleted', async () => {
    await connect(alice, 'Alice Ng')
    await alice.api('POST', `/connections/${(await childOf(alice)).id}/disconnect`)
    before = behalf.crm.requests.length
    const first = await startJob(alice, one, { name: 'Disconnected' })
    await jobIn(alice, first, 'waiting_for_connection')
    await alice.api('POST', `/jobs/${first}/cancel`)

    expect((await behalf.owner.api('DELETE', `/connections/${(await childOf(alice)).id}`)).status).toBe(204)
    const second = await startJob(alice, one, { name: 'Deleted' })
    await jobIn(alice, second, 'waiting_for_connection')
    await alice.api('POST', `/jobs/${second}/cancel`)
    expect(reached()).toEqual([])
  })

  test('for a person who is cut off between two steps of a running job', async () => {
    await connect(alice, 'Alice Ng')
    before = behalf.crm.requests.length
    const first = holdAnswer(behalf.ctx, ({ method }) => method === 'POST')
    const job = await startJob(alice, two, { name: 'Cut off' })
    await first.arrived
    await behalf.owner.api('POST', `/connections/${(await childOf(alice)).id}/disconnect`)
    first.release()
    const waiting = await jobIn(alice, job, 'waiting_for_connection')
    expect(waiting.waits).toHaveLength(1)
    await alice.api('POST', `/jobs/${job}/cancel`)
    expect(reached().map(({ person }) => person)).toEqual(['alice'])
    expect(reached().map(({ tokenHash }) => tokenHash)).not.toContain(parentToken)
  })

  test('for a person whose grant the application has ended', async () => {
    await connect(alice, 'Alice Ng')
    await behalf.crm.revokeGrantsOf('alice')
    before = behalf.crm.requests.length
    const job = await startJob(alice, one, { name: 'Revoked there' })
    await jobIn(alice, job, 'waiting_for_connection')
    expect(await childOf(alice)).toMatchObject({ status: 'lost' })
    await alice.api('POST', `/jobs/${job}/cancel`)
    expect(reached().length).toBeGreaterThan(0)
    expect(reached().filter(({ person, tokenHash }) => person !== null || tokenHash === parentToken)).toEqual([])
  })

  test('for a person who was deactivated while the job waited', async () => {
    const dora = await behalf.addPerson('Dora Klein')
    const job = await startJob(dora, one, { name: 'Deactivated' })
    await jobIn(dora, job, 'waiting_for_connection')
    await behalf.owner.api('POST', `/people/${dora.person.id}/deactivate`)
    expect(await jobEnded(behalf.owner, job)).toMatchObject({ status: 'cancelled', error_code: 'person_deactivated' })
    expect(reached()).toEqual([])
  })

  test('and nothing in the CRM belongs to the parent’s account but what was made with the switch off', () => {
    const bobs = behalf.crm.opportunities().filter(({ createdBy }) => createdBy === 'bob')
    expect(bobs.map(({ name }) => name)).toEqual(['With the parent'])
    const posts = behalf.crm.requests.filter(({ method, tokenHash }) => method === 'POST' && tokenHash === parentToken)
    expect(posts).toHaveLength(1)
  })
})
