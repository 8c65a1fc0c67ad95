import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { until } from '../support/until.ts'

const COMMANDS = 200
const WITHIN_MS = 10_000

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage()
})
afterAll(() => stage.stop())

test('200 slash commands in ten seconds, each delivered twice, are acknowledged, and run once each', async () => {
  const { alice, slack } = stage
  await alice.says('create opportunity name: First')
  await stage.connect(alice, linkIn(await alice.reads('works with your own Salesforce account')), 'Alice Ng')
  await alice.reads('Created First.')
  slack.acks.length = 0
  slack.sendTimes = 2
  const sent: Promise<unknown>[] = []
  for (let i = 0; i < COMMANDS; i++) {
    sent.push(alice.runs('/behalf', `create opportunity name: Storm ${i}`, 'sales'))
    await delay(WITHIN_MS / COMMANDS)
  }
  await Promise.all(sent)
  const made = () => stage.crm.opportunities().filter(({ name }) => name.startsWith('Storm '))
  await until(() => made().length >= COMMANDS, 60_000)
  await until(async () => (await stage.jobs()).every(({ status }) => status === 'succeeded'), 60_000)
  expect(new Set(made().map(({ name }) => name)).size).toBe(COMMANDS)
  expect(made()).toHaveLength(COMMANDS)
  expect(slack.acks).toHaveLength(COMMANDS)
  expect(slack.acks.every(({ status }) => status === 200)).toBe(true)
}, 180_000)
