import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOpportunity } from '../support/behalf.ts'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage()
  const { alice } = stage
  await stage.addRecipe(saying('say much', '{{ trigger.name }} '.repeat(200), 25))
  await stage.addRecipe(saying('say it', '{{ trigger.name }}', 0))
  await alice.says('create opportunity name: Zero')
  await stage.connect(alice, linkIn(await alice.reads(ASKED)), 'Alice Ng')
  await alice.reads('Created Zero.')
})
afterAll(() => stage.stop())

/** A command that answers with a text and so many fields, and needs nobody's account. */
function saying(command: string, text: string, fields: number): object {
  const { trigger } = createOpportunity(stage.parent, true, command) as { trigger: object }
  const many = Array.from({ length: fields }, (_, i) => ({ name: `Field ${i}`, value: 'x'.repeat(100) }))
  return { name: command, trigger, connections: {}, steps: [{ kind: 'reply', name: 'told', text, fields: many }] }
}

const made = (name: string) => stage.crm.opportunities().filter((each) => each.name === name)

test('what Slack delivers again runs once: a line, a command, a button, a form', async () => {
  const { alice, slack } = stage
  slack.sendTimes = 3
  await alice.says('create opportunity name: Line')
  await alice.runs('/behalf', 'create opportunity name: Command', 'sales')
  await alice.runs('/behalf', 'create opportunity', 'sales')
  await alice.fills({ name: 'Form' })
  slack.sendTimes = 1
  await alice.says('create opportunity name: Last')
  await until(() => ['Line', 'Command', 'Form', 'Last'].every((name) => made(name).length > 0))
  for (const name of ['Line', 'Command', 'Form', 'Last']) expect(made(name)).toHaveLength(1)
  expect((await alice.sees()).filter(({ text }) => text.startsWith('Created Line.'))).toHaveLength(1)
})

test('what could not be acknowledged is delivered again, and done then', async () => {
  const { alice, slack } = stage
  const { requestUrl } = slack
  slack.requestUrl = `${stage.url.origin}/nothing-here`
  await alice.says('create opportunity name: Later')
  slack.requestUrl = requestUrl
  expect(made('Later')).toEqual([])
  await slack.repeatLast()
  await alice.reads('Created Later.')
})

test('Slack’s rate limit is obeyed, for as long as it says', async () => {
  const { alice, slack } = stage
  slack.failNext('chat.postMessage', { retryAfterSeconds: 3 })
  await alice.says('create opportunity name: Limited')
  await alice.reads('Created Limited.')
  const [limited, then] = slack.calls('chat.postMessage').slice(-2)
  expect([limited?.outcome, then?.outcome]).toEqual(['ratelimited', 'ok'])
  expect((then?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(3000)
})

test('a text that is too long, and too many fields, are cut with a way to the rest', async () => {
  const { alice } = stage
  await alice.says(`say much name: ${'word'.repeat(6)}`)
  const cut = await alice.reads('This is too long for Slack.')
  expect(cut.text).toContain('Field 9')
  expect(cut.links.find(({ label }) => label === 'See all of it')?.url).toContain('/jobs/job_')
})

test('what a person typed mentions nobody and links nowhere when it is said again', async () => {
  const { alice } = stage
  await alice.saysIn('sales', '@Behalf say it name: &lt;!channel&gt; &lt;https://evil.test|click&gt; *b*')
  const seen = await alice.reads('<!channel> <https://evil.test|click> *b*', 'sales')
  expect(seen.links).toEqual([])
  expect(seen.message.text).toContain('&lt;!channel&gt;')
  expect(seen.message.blocks.map(({ text }: { text: { type: string } }) => text.type)).toEqual(['plain_text'])
})

test('a prompt that Slack shows nobody in a channel goes to the direct message; where that is refused too, the job ends without a link', async () => {
  const { bob, slack } = stage
  slack.failNext('chat.postEphemeral', { error: 'user_not_in_channel' })
  await bob.saysIn('sales', '@Behalf create opportunity name: By message')
  const prompt = await bob.reads(ASKED)
  expect(linkIn(prompt)).toContain('/connect/l/')
  expect((await bob.sees('sales')).at(-1)?.text).toContain('By message')
  slack.failNext('chat.postEphemeral', { error: 'user_not_in_channel' })
  slack.failNext('chat.postMessage', { error: 'messages_tab_disabled' })
  await bob.saysIn('sales', '@Behalf create opportunity name: Undelivered')
  const told = await bob.reads('could not be delivered', 'sales')
  expect(told).toMatchObject({ isPrivate: true, links: [] })
  expect((await stage.jobs()).at(-1)).toEqual({ status: 'failed', code: 'ask_undeliverable' })
  await bob.says('cancel')
})

test('a grant that dies later is asked for in the same way, with the reason, and the job goes on from there', async () => {
  const { alice } = stage
  await stage.crm.revokeGrantsOf('alice')
  await alice.runs('/behalf', 'create opportunity name: Revived', 'sales')
  const prompt = await alice.reads('must be given again', 'sales')
  expect(prompt.isPrivate).toBe(true)
  await stage.connect(alice, linkIn(prompt), 'Alice Ng')
  await alice.reads('Created Revived.', 'sales')
  expect(made('Revived')).toHaveLength(1)
})

test('where the channel is gone, or the bot is taken out of it, the job is done all the same, and why nobody was told is on record', async () => {
  const { alice, slack } = stage
  await alice.saysIn('sales', '@Behalf create opportunity name: Before')
  await alice.reads('Created Before.', 'sales')
  const undelivered = async () => (await stage.audit('job.message_undelivered')).length
  const before = await undelivered()
  slack.failNext('chat.postMessage', { error: 'not_in_channel' })
  await alice.saysIn('sales', '@Behalf create opportunity name: Unheard')
  await until(async () => (await undelivered()) > before)
  expect((await stage.jobs()).at(-1)?.status).toBe('succeeded')
  slack.deleteChannel('C000SALES')
  await alice.saysIn('sales', '@Behalf create opportunity name: Gone')
  await until(async () => (await undelivered()) > before + 1)
  expect([made('Unheard'), made('Gone')]).toMatchObject([{ length: 1 }, { length: 1 }])
  await alice.says('create opportunity name: Still here')
  await alice.reads('Created Still here.')
})

test('what one machine acknowledged, another does and answers, where the first one stops', async () => {
  const { alice } = stage
  const another = await stage.startAnother()
  try {
    const names = ['Handed over 1', 'Handed over 2', 'Handed over 3']
    await Promise.all(names.map((name) => alice.says(`create opportunity name: ${name}`)))
    await stage.stopServer()
    for (const name of names) await alice.reads(`Created ${name}.`)
    for (const name of names) expect(made(name)).toHaveLength(1)
  } finally {
    await another.stop()
  }
})
