import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage({ mode: 'socket' })
})
afterAll(() => stage.stop())

test('by a web socket Alice is prompted, connects, fills in a form, and sees her list', async () => {
  const { alice } = stage
  expect((await alice.says('create opportunity name: By socket')).status).toBe(200)
  await stage.connect(alice, linkIn(await alice.reads(ASKED)), 'Alice Ng')
  await alice.reads('Created By socket.')
  await alice.runs('/behalf', 'create opportunity', 'sales')
  expect(await alice.fills({ name: 'By form' })).toEqual({ errors: {}, isClosed: true })
  await alice.reads('Created By form.', 'sales')
  await alice.saysIn('sales', '@Behalf connections')
  await alice.presses(await alice.reads('Here is a list', 'sales'), 'Disconnect')
  await alice.reads('[Disconnected]', 'sales')
})

test('a web socket that Slack refreshes, or that breaks, is opened again', async () => {
  const { alice, slack } = stage
  for (const abruptly of [false, true]) {
    slack.sockets.drop(abruptly)
    await until(() => slack.sockets.count() > 0, 30_000)
    expect((await alice.says('help')).status).toBe(200)
  }
  await until(async () => (await alice.sees()).filter(({ text }) => text.startsWith('You can run these')).length === 2)
})

test('what is delivered twice is done once, and a server that stops hangs up', async () => {
  const { bob, slack } = stage
  slack.sendTimes = 2
  await bob.says('connections')
  slack.sendTimes = 1
  await bob.reads(/list of your conn|no connections/)
  await bob.says('help')
  await bob.reads('create opportunity')
  expect((await bob.sees()).filter(({ text }) => /list of your conn|no connections/.test(text))).toHaveLength(1)
  await stage.stopServer()
  await until(() => slack.sockets.count() === 0)
})
