import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId

const ownerOf = (name: string): string | undefined =>
  behalf.crm.opportunities().find((each) => each.name === name)?.owner
const prompts = async (person: TestPerson) => (await person.chat()).filter(({ kind }) => kind === 'ask')
const said = async (person: TestPerson, text: string) => (await person.chat()).some((line) => line.text === text)

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz')
  parent = await behalf.addCrmParent()
  // why: the parent's account is Carol's, so that a record of Alice's or Bob's cannot be hers by chance.
  await behalf.connectParent(parent, 'Carol Diaz')
  await behalf.addRecipe(createOpportunity(parent, true))
  await behalf.addRecipe(createOpportunity(parent, false, 'create for sales'))
})
afterAll(() => behalf.stop())

test('P1: with the switch off the record belongs to the account of the parent connection', async () => {
  await alice.say('create for sales name: Off')
  await until(() => ownerOf('Off') === 'carol')
  await until(() => said(alice, 'Created Off.'))
  expect(await prompts(alice)).toHaveLength(0)
})

test('P2: with the switch on the record belongs to the invoker, who did not make the parent', async () => {
  await alice.say('create opportunity name: Mine')
  await connectAt(alice, await alice.prompt(), 'Alice Ng')
  await until(() => ownerOf('Mine') === 'alice')
})

test('P3: the first run asks, the second does not, another person is asked separately, and all that outlives a restart', async () => {
  await bob.say('create opportunity name: First')
  await connectAt(bob, await bob.prompt(), 'Bob Ortiz')
  await until(() => ownerOf('First') === 'bob')
  await bob.say('create opportunity name: Second')
  await until(() => ownerOf('Second') === 'bob')
  await behalf.restart()
  await bob.say('create opportunity name: After the restart')
  await until(() => ownerOf('After the restart') === 'bob')
  expect(await prompts(bob)).toHaveLength(1)
  const erin = await behalf.addPerson('Erin Other')
  await erin.say('create opportunity name: Hers')
  expect(await erin.prompt()).toContain('/connect/l/')
  expect(ownerOf('Hers')).toBeUndefined()
})

test('P4: after consent the job continues by itself, across a restart, and the answer comes where it was invoked', async () => {
  const dave = await behalf.addPerson('Dave Late')
  await dave.say('create opportunity name: Waited')
  const link = await dave.prompt()
  const { body } = await dave.api('GET', '/me/jobs')
  expect(body.data[0]).toMatchObject({ status: 'waiting_for_connection' })
  await behalf.restart()
  const page = await connectAt(dave, link, 'Carol Diaz')
  expect(page.text()).toContain('has already gone on by itself')
  await until(() => said(dave, 'Created Waited.'))
  expect(ownerOf('Waited')).toBe('carol')
  expect((await dave.api('GET', `/jobs/${body.data[0].id}`)).body.data.status).toBe('succeeded')
})

test('asks again when the grant dies in mid-job, and goes on from that step', async () => {
  const child = await childOf(bob)
  await behalf.crm.revokeGrantsOf('bob')
  await bob.say('create opportunity name: Revived')
  const link = await bob.prompt(1)
  expect((await bob.api('GET', `/connections/${child}`)).body.data.status).toBe('lost')
  await connectAt(bob, link, 'Bob Ortiz')
  await until(() => ownerOf('Revived') === 'bob')
  expect(behalf.crm.opportunities().filter(({ name }) => name === 'Revived')).toHaveLength(1)
  expect((await bob.api('GET', `/connections/${child}`)).body.data).toMatchObject({ id: child, status: 'connected' })
})

async function childOf({ person }: TestPerson): Promise<string> {
  const { body } = await behalf.owner.api('GET', `/connections/runtime_user_connections?person_id=${person.id}`)
  return body.data[0].id
}
