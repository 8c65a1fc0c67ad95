import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { until } from '../support/until.ts'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage()
})
afterAll(() => stage.stop())

const ASKED = 'works with your own Salesforce account'
const texts = (seen: { text: string }[]) => seen.map(({ text }) => text)

test('P4 in Slack: in a direct message Alice is prompted, connects, and her job goes on by itself, in the place of the prompt', async () => {
  const { alice } = stage
  await alice.says('create opportunity name: Direct')
  const prompt = await alice.reads(ASKED)
  const page = await stage.connect(alice, linkIn(prompt), 'Alice Ng')
  expect(page.text()).toContain('Salesforce is connected')
  const answer = await alice.reads('Created Direct.')
  expect(answer.ts).toBe(prompt.ts)
  await alice.reads('Salesforce is connected, as')
  expect(stage.ownerOf('Direct')).toBe('alice')
})

test('P3 in Slack: the second run does not ask, and Bob is asked separately, in a channel so that only he sees it', async () => {
  const { alice, bob } = stage
  await alice.saysIn('sales', '@Behalf create opportunity name: Second')
  await alice.reads('Created Second.', 'sales')
  expect(stage.ownerOf('Second')).toBe('alice')
  await bob.saysIn('sales', '@Behalf create opportunity name: Channel')
  const prompt = await bob.reads(ASKED, 'sales')
  expect(prompt.isPrivate).toBe(true)
  expect(texts(await alice.sees('sales')).join('\n')).not.toContain('/connect/l/')
  await stage.connect(bob, linkIn(prompt), 'Bob Ortiz')
  expect((await bob.reads('Created Channel.', 'sales')).isPrivate).toBe(false)
  await alice.reads('Created Channel.', 'sales')
  expect(stage.ownerOf('Channel')).toBe('bob')
})

test('after a restart neither is asked again, and a job that waited across it goes on', async () => {
  const { alice, bob } = stage
  await stage.restart()
  await bob.runs('/behalf', 'create opportunity name: Restarted')
  await bob.reads('Created Restarted.')
  await alice.says('connections')
  const list = await alice.reads('Here is a list of your connections')
  await alice.presses(list, 'Disconnect')
  await alice.reads('Disconnected')
  await alice.says('create opportunity name: Across')
  const prompt = await alice.reads(ASKED)
  await stage.restart()
  await stage.connect(alice, linkIn(prompt), 'Alice Ng')
  await alice.reads('Created Across.')
})

test('P7 in Slack: who disconnects in the list sees it there, in its place, and is asked again by the next run', async () => {
  const { alice } = stage
  await alice.saysIn('sales', '@Behalf connections')
  const list = await alice.reads('Here is a list of your connections', 'sales')
  expect(list).toMatchObject({ isPrivate: true, buttons: expect.arrayContaining(['Disconnect']) })
  expect(list.text).toContain('[Connected]')
  await alice.presses(list, 'Disconnect')
  const edited = await until(async () => {
    const now = (await alice.sees('sales')).find(({ ts }) => ts === list.ts)
    return now?.text.includes('[Disconnected]') ? now : undefined
  })
  expect(edited.buttons).toContain('Connect')
  const before = stage.crm.opportunities().length
  await alice.runs('/behalf', 'create opportunity name: Again', 'sales')
  const prompt = await alice.reads(ASKED, 'sales')
  expect(prompt.isPrivate).toBe(true)
  expect(stage.crm.opportunities()).toHaveLength(before)
  await stage.connect(alice, linkIn(prompt), 'Alice Ng')
  expect((await alice.reads('Created Again.', 'sales')).isPrivate).toBe(true)
  expect(stage.ownerOf('Again')).toBe('alice')
})

test('in a thread of the assistant help greets, and prompt and result come in that thread', async () => {
  const { bob } = stage
  const thread = await bob.opensAssistant()
  await bob.reads('create opportunity', undefined, thread)
  await stage.crm.revokeGrantsOf('bob')
  await bob.says('create opportunity name: In the thread', thread)
  const prompt = await bob.reads(ASKED, undefined, thread)
  await stage.connect(bob, linkIn(prompt), 'Bob Ortiz')
  expect((await bob.reads('Created In the thread.', undefined, thread)).ts).toBe(prompt.ts)
})

test('a form that is closed runs nothing', async () => {
  const { bob } = stage
  const before = (await stage.jobs()).length
  await bob.runs('/behalf', 'create opportunity', 'sales')
  await bob.form()
  await bob.closes()
  await bob.says('help')
  await bob.reads('create opportunity')
  expect(await stage.jobs()).toHaveLength(before)
})
