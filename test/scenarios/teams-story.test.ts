import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connector } from '../../src/connectors/connector.ts'
import { connector as salesforce } from '../../src/connectors/salesforce/index.ts'
import { ACCOUNT_COOKIE, type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { createOpportunity, sayMine } from '../support/behalf.ts'
import { inputsIn } from '../support/teams/card.ts'
import { GENERAL, picked, readable, type TeamsPerson } from '../support/teams/person.ts'
import { linkIn, signInOn, startTeamsStage, type TeamsStage } from '../support/teams/stage.ts'
import { things } from '../support/things-connector.ts'
import { addParent } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'
const SENT = 'I have sent you a direct message.'

let stage: TeamsStage
let alice: TeamsPerson
let bob: TeamsPerson
let server: AuthorizationServer
beforeAll(async () => {
  server = await startAuthorizationServer()
  const connectors = new Map([salesforce, things].map((each) => [each.name, each as unknown as Connector]))
  stage = await startTeamsStage({ connectors, otherHosts: [new URL(server.url).host] })
  ;[alice, bob] = [stage.person('alice'), stage.person('bob')]
})
afterAll(async () => {
  await stage.stop()
  await server.stop()
})

/** Alice, as herself, unless she is. */
async function makeConnected(): Promise<void> {
  await alice.says('create opportunity name: Before')
  const answer = await until(() =>
    alice.sees().findLast((one) => /Created Before|works with your own/.test(readable(one))),
  )
  if (readable(answer).includes('Created Before')) return
  await stage.connect(alice, linkIn(answer), 'Alice Ng')
  await alice.reads('Created Before.')
}

const inChannel = () => alice.sees(GENERAL).map(readable).join('\n')

test('P4 in Teams: in a direct message Alice is prompted, connects, and her job goes on by itself, in the place of the prompt', async () => {
  await alice.says('create opportunity name: Direct')
  const prompt = await alice.reads(ASKED)
  const page = await stage.connect(alice, linkIn(prompt), 'Alice Ng')
  expect(page.text()).toContain('Salesforce is connected')
  const answer = await alice.reads('Created Direct.')
  expect(answer.id).toBe(prompt.id)
  expect(stage.ownerOf('Direct')).toBe('alice')
  await alice.reads('Salesforce is connected')
})

test('P3 in Teams: the second run does not ask, and Bob is asked separately, by a direct message when he speaks in a channel', async () => {
  await alice.saysIn(GENERAL, 'create opportunity name: Second')
  await alice.reads('Created Second.', GENERAL)
  expect(stage.ownerOf('Second')).toBe('alice')
  await bob.saysIn(GENERAL, 'create opportunity name: Channel')
  const prompt = await bob.reads(ASKED)
  await bob.reads(SENT, GENERAL)
  expect(inChannel()).not.toContain('/connect/')
  await stage.connect(bob, linkIn(prompt), 'Bob Ortiz')
  await bob.reads('Created Channel.', GENERAL)
  expect(stage.ownerOf('Channel')).toBe('bob')
  expect(readable(prompt)).toContain('answered where you ran it')
})

test('P7 in Teams: who picks a connection and presses Disconnect sees it there, and is asked again; Delete takes it away', async () => {
  await makeConnected()
  await alice.says('personal_connections')
  const list = await alice.reads('Here is a list of your connections')
  expect(readable(list)).toContain('[Connected]')
  await alice.presses(list, 'Disconnect', picked(list, 'Salesforce'))
  expect(readable(list)).toContain('[Disconnected]')
  expect(list.edits).toBe(1)
  const before = stage.crm.opportunities().length
  await alice.says('create opportunity name: Again')
  await stage.connect(alice, linkIn(await alice.reads(ASKED)), 'Alice Ng')
  await alice.reads('Created Again.')
  expect(stage.crm.opportunities()).toHaveLength(before + 1)
  await alice.says('connections')
  const longer = await alice.reads('[Connected]')
  await alice.presses(longer, 'Delete', picked(longer, 'Salesforce'))
  expect(inputsIn(longer.card)[0]?.choices ?? []).toHaveLength(1)
  await alice.says('create opportunity name: After deleting')
  await alice.reads(ASKED)
  expect(stage.ownerOf('After deleting')).toBeUndefined()
})

test('P4 in Teams: a job that waits across a restart goes on, and who was connected is not asked again', async () => {
  await stage.restart()
  await bob.says('create opportunity name: Restarted')
  await bob.reads('Created Restarted.')
  await stage.connect(alice, linkIn(await alice.reads(ASKED)), 'Alice Ng')
  await alice.reads('Created After deleting.')
  expect(stage.ownerOf('After deleting')).toBe('alice')
})

test('P10 in Teams: Mallory’s link, opened by Bob who signs in with Microsoft, connects nobody; by Mallory it does', async () => {
  const mallory = stage.person('mallory')
  await mallory.says('create opportunity name: Forwarded')
  const link = linkIn(await mallory.reads(ASKED))
  const page = await signInOn(await stage.browserOf(bob).open(link))
  expect(page.status).toBe(403)
  expect(page.text()).toContain('This link is for somebody else')
  expect(stage.ownerOf('Forwarded')).toBeUndefined()
  await stage.connect(mallory, link, 'Carol Diaz')
  await mallory.reads('Created Forwarded.')
})

test('two applications are asked for in one prompt, and the job goes on after the second', async () => {
  const things = await addThings(stage, server)
  const opportunity = createOpportunity(stage.parent, true, 'create both') as Recipe
  const [create, answer] = opportunity.steps
  const put = {
    kind: 'action',
    name: 'put',
    connection: 'place',
    action: 'put_thing',
    input: { name: '{{ trigger.name }}' },
  }
  await stage.addRecipe({
    ...opportunity,
    connections: { ...opportunity.connections, place: { connector: 'things', connection_id: things, personal: true } },
    steps: [create, put, answer],
  })
  const browser = stage.browserOf(alice)
  await alice.says('connections')
  const list = await alice.reads('[Connected]')
  await alice.presses(list, 'Delete', picked(list, 'Salesforce'))
  await alice.says('create both name: Twice')
  const prompt = await alice.reads('“create both” works with')
  expect(readable(prompt)).toContain('Salesforce and Things')
  const tied = await signInOn(await browser.open(linkIn(prompt)))
  browser.jar.set(server.url, ACCOUNT_COOKIE, 'alice')
  const atCrm = await (await tied.click('Connect Salesforce')).click('Continue as Alice Ng')
  const half = await sayMine(await atCrm.click('Allow'))
  expect(stage.ownerOf('Twice')).toBeUndefined()
  await sayMine(await half.click('Connect Things'))
  await alice.reads('Created Twice.')
  expect(stage.ownerOf('Twice')).toBe('alice')
  expect(server.things).toMatchObject([{ account: 'alice' }])
})

interface Recipe {
  connections: object
  steps: [object, object]
}

async function addThings(behalf: TeamsStage, { url, client, addRedirectUri }: AuthorizationServer) {
  const id = await addParent(behalf, { name: 'Things', connector: 'things', settings: { url }, ...client })
  addRedirectUri(new URL(`/connect/callback/${id}`, behalf.url).href)
  return id
}

test('Not now ends the job, in the prompt’s place', async () => {
  await alice.says('connections')
  const list = await alice.reads('Here is a list of your connections')
  await alice.presses(list, 'Disconnect', picked(list, 'Salesforce,'))
  await alice.says('create opportunity name: Never')
  const prompt = await alice.reads(ASKED)
  await alice.presses(prompt, 'Not now')
  expect(readable(prompt)).toContain('Cancelled.')
  expect((await stage.jobs()).at(-1)?.status).toBe('cancelled')
})
