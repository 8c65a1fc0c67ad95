import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage()
})
afterAll(() => stage.stop())

/** Nothing that others can read, and nothing Slack was sent for others, holds a link to connect. */
async function expectNoLinkInTheOpen(channel = 'sales', thread?: string): Promise<void> {
  for (const who of ['olivia', 'gina'])
    for (const { message } of await stage.slack.person(who).sees(channel, thread))
      expect(JSON.stringify(message)).not.toContain('/connect/l/')
  for (const { method, args } of stage.slack.calls())
    if (method !== 'chat.postEphemeral' && !String(args.channel).startsWith('D'))
      expect(JSON.stringify(args)).not.toContain('/connect/l/')
}

test('link-in-the-open: in a channel, in a thread, and by a slash command the prompt is seen by its person alone', async () => {
  const { alice } = stage
  await alice.saysIn('sales', '@Behalf create opportunity name: Channel')
  const prompt = await alice.reads(ASKED, 'sales')
  expect(prompt.isPrivate).toBe(true)
  expect(linkIn(prompt)).toContain('/connect/l/')
  expect(prompt.message.text).not.toContain('http')
  await expectNoLinkInTheOpen()
  const [first] = await alice.sees('sales')
  await alice.saysIn('sales', '@Behalf create opportunity name: Thread', first?.ts)
  expect((await alice.reads(ASKED, 'sales', first?.ts)).isPrivate).toBe(true)
  await expectNoLinkInTheOpen('sales', first?.ts)
  await alice.runs('/behalf', 'create opportunity name: Command', 'lounge')
  expect((await alice.reads(ASKED, 'lounge')).isPrivate).toBe(true)
  await expectNoLinkInTheOpen('lounge')
})

test('link-in-the-open: where Slack refuses every private way the job ends, and says so without a link', async () => {
  const { bob, slack } = stage
  slack.failNext('chat.postEphemeral', { error: 'user_not_in_channel' })
  slack.failNext('conversations.open', { error: 'cannot_dm_bot' })
  await bob.saysIn('sales', '@Behalf create opportunity name: Nowhere')
  const told = await bob.reads('could not be delivered', 'sales')
  expect(JSON.stringify(told.message)).not.toContain('/connect/l/')
  expect((await stage.jobs()).at(-1)).toEqual({ status: 'failed', code: 'ask_undeliverable' })
  await expectNoLinkInTheOpen()
})

test('link-in-the-open: connecting from a list in a channel, and a fresh message, are for its person alone', async () => {
  const { bob } = stage
  await bob.saysIn('sales', '@Behalf connections')
  await bob.presses(await bob.reads('Here is a list of your connections', 'sales'), 'Connect')
  expect((await bob.reads('Connect here', 'sales')).isPrivate).toBe(true)
  await expectNoLinkInTheOpen()
  for (const { message, isPrivate } of await stage.alice.sees('sales'))
    if (!isPrivate) expect(JSON.stringify(message)).not.toContain('/connect/')
})
