import { afterAll, beforeAll, expect, test } from 'vitest'
import { openUnsigned } from '../support/code-stage.ts'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage()
})
afterAll(() => stage.stop())

test('P10 in Slack: Alice’s link, opened by Bob who signs in with Slack, connects nobody; by her it does', async () => {
  const { alice, bob } = stage
  await bob.says('help')
  await bob.reads('create opportunity')
  await alice.says('create opportunity name: Hers')
  const link = linkIn(await alice.reads(ASKED))
  const page = await (await (await stage.browserOf(bob).open(link)).click('Sign in')).click('Sign in with Slack')
  expect(page.status).toBe(403)
  expect(page.text()).toContain('This link is for somebody else')
  expect(stage.ownerOf('Hers')).toBeUndefined()
  await stage.connect(alice, link, 'Alice Ng')
  await alice.reads('Created Hers.')
  expect(stage.ownerOf('Hers')).toBe('alice')
})

test('a browser that signed in with Slack is remembered: the next link needs no sign-in', async () => {
  const { alice } = stage
  await alice.says('connections')
  await alice.presses(await alice.reads('Here is a list'), 'Disconnect')
  await alice.reads('[Disconnected]')
  const browser = stage.browserOf(alice)
  await alice.says('create opportunity name: Remembered')
  const link = linkIn(await alice.reads(ASKED))
  await (await (await browser.open(link)).click('Sign in')).click('Sign in with Slack')
  const again = await browser.open(link)
  expect(again.buttons.map(({ label }) => label)).toContain('Connect Salesforce')
})

test('the code that a page shows is typed in Slack, and ties that browser alone; “not me” gives the link up', async () => {
  const { bob } = stage
  await bob.says('create opportunity name: By code')
  const link = linkIn(await bob.reads(ASKED))
  const { browser, code } = await openUnsigned(`${link}?way=code`)
  await bob.presses(await bob.reads('type here the code'), 'Enter the code')
  await bob.fills({ 'The code that your browser shows': code })
  await bob.reads('That browser goes on now')
  expect((await browser.open(link)).buttons.map(({ label }) => label)).toContain('Connect Salesforce')
  await bob.presses(await bob.reads('type here the code'), 'I did not open anything')
  await bob.reads('The link was given up')
  expect((await browser.open(link)).status).toBe(410)
  expect((await stage.audit('connect.link_burnt')).at(-1)).toMatchObject({ why: 'not_me' })
  expect((await stage.jobs()).at(-1)?.status).toBe('waiting_for_connection')
})
