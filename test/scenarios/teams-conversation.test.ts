import { afterAll, beforeAll, expect, test } from 'vitest'
import { openUnsigned } from '../support/code-stage.ts'
import { actionsIn, inputsIn, textOf } from '../support/teams/card.ts'
import { GENERAL, readable, type TeamsPerson } from '../support/teams/person.ts'
import { linkIn, startTeamsStage, type TeamsStage } from '../support/teams/stage.ts'
import { until } from '../support/until.ts'

let stage: TeamsStage
let alice: TeamsPerson
beforeAll(async () => {
  stage = await startTeamsStage()
  alice = stage.person('alice')
  await stage.addRecipe({
    name: 'Greet',
    trigger: {
      kind: 'command',
      command: 'greet',
      parameters: [
        { name: 'who', type: 'text' },
        { name: 'times', type: 'number' },
      ],
    },
    steps: [{ kind: 'reply', name: 'answer', text: 'Hello {{ trigger.who }}, {{ trigger.times }} times.' }],
  })
  await stage.addRecipe({
    name: 'Approve',
    trigger: { kind: 'command', command: 'approve', parameters: [] },
    steps: [
      { kind: 'ask', name: 'sure', text: 'Sure?', form: [{ name: 'why', label: 'Why', type: 'text' }] },
      { kind: 'reply', name: 'answer', text: 'Because {{ steps.sure.values.why }}' },
    ],
  })
})
afterAll(() => stage.stop())

test('the app says what it can do once, when it is added, however often Teams says so', async () => {
  const bob = stage.person('bob')
  for (let i = 0; i < 3; i++) await bob.send({ type: 'installationUpdate', action: 'add', id: `add-${i}` })
  await bob.reads('You can run these')
  await bob.says('cancel')
  await bob.reads('There is nothing to cancel')
  expect(bob.sees().filter((message) => readable(message).includes('You can run these'))).toHaveLength(1)
})

test('what is missing is asked for by a card with fields; what is wrong with them is said in its place', async () => {
  await alice.says('greet')
  const form = await alice.reads('Greet')
  expect(inputsIn(form.card).map(({ id }) => id)).toEqual(['field_who', 'field_times'])
  await alice.presses(form, 'Run', { field_who: 'Bob', field_times: 'many' })
  expect(textOf(form.card)).toContain('must be a number')
  await alice.presses(form, 'Run', { field_who: 'Bob', field_times: '2' })
  await alice.reads('Hello Bob, 2 times.')
  expect(actionsIn(form.card)).toEqual([])
})

test('in a channel a button opens a dialog, which is asked again for what is wrong, and the answer comes in the channel', async () => {
  await alice.saysIn(GENERAL, 'greet who: Carol')
  const offer = await alice.reads('needs a few details', GENERAL)
  const opened = await alice.presses(offer, 'Fill in')
  expect(opened.body.task).toMatchObject({ type: 'continue', value: { title: 'Greet' } })
  const again = await alice.submits(opened, { who: 'Carol', times: 'x' })
  expect(textOf(again.body)).toContain('must be a number')
  const closed = await alice.submits(again, { who: 'Carol', times: '3' })
  expect(closed.body.task.type).toBe('message')
  await alice.reads('Hello Carol, 3 times.', GENERAL)
})

test('a job’s question comes in one’s own chat with a dialog, and nobody else answers it', async () => {
  await alice.saysIn(GENERAL, 'approve')
  const question = await alice.reads('Sure?')
  expect(alice.sees(GENERAL).map(readable).join()).not.toContain('Sure?')
  const data = actionsIn(question.card).find(({ title }) => title === 'Answer')?.data
  const stolen = await stage.person('bob').send({ type: 'invoke', name: 'task/fetch', value: { data } })
  expect(stolen.body.task).toMatchObject({ type: 'message' })
  const opened = await alice.presses(question, 'Answer')
  await alice.submits(opened, { why: 'it is due' })
  await alice.reads('Because it is due', GENERAL)
})

test('what a plain button or a message of a button sends is done, too, and nonsense is answered with words', async () => {
  await alice.send({ type: 'message', text: '', value: { press: { do: 'say', text: 'greet who: Dora times: 1' } } })
  await alice.reads('Hello Dora, 1 times.')
  await alice.send({ type: 'message', text: '', value: { press: { do: 'reveal' } } })
  await alice.reads('not one of ours')
  const answer = await alice.send({ type: 'invoke', name: 'composeExtension/query', value: {} })
  expect(answer.status).toBe(501)
})

test('in a channel what is not said to the bot is nothing to it', async () => {
  const before = stage.microsoft.calls.length
  const conversation = { id: GENERAL, conversationType: 'channel', tenantId: alice.user.tenant }
  await alice.send({ type: 'message', text: 'help', conversation })
  await alice.send({ type: 'message', text: 'help', from: { id: '28:another-bot', role: 'bot' } })
  await alice.send({ type: 'typing' })
  expect(stage.microsoft.calls).toHaveLength(before)
  const mention = {
    type: 'mention',
    text: '<at>Behalf</at>',
    mentioned: { id: `28:${stage.person('alice').user.objectId}` },
  }
  await alice.send({ type: 'message', text: '<at>Behalf</at> help', conversation, entities: [mention] })
  expect(stage.microsoft.calls).toHaveLength(before)
})

test('a text that is too long is cut, with a way to the rest', async () => {
  await alice.says(`greet times: 1 who: ${'long '.repeat(3900)}`)
  const message = await alice.reads('Hello long')
  expect(Buffer.byteLength(JSON.stringify(message.card))).toBeLessThan(28_000)
  expect(actionsIn(message.card).find(({ title }) => title === 'See all of it')?.url).toContain('/jobs/')
})

test('Teams that asks to wait is waited for; what it refuses for good is not tried again', async () => {
  stage.microsoft.failNext(/POST .*activities/, 429, { 'retry-after': '1' })
  await alice.says('greet who: Later times: 1')
  await alice.reads('Hello Later')
  stage.microsoft.gone.add('19:deleted@thread.tacv2')
  await alice.saysIn('19:deleted@thread.tacv2', 'greet who: Nobody times: 1')
  const row = await until(async () => {
    const rows = await stage.database.db
      .selectFrom('outbox')
      .select(['status', 'attempts'])
      .orderBy('id', 'desc')
      .execute()
    return rows.find(({ status }) => status === 'given_up')
  })
  expect(row.attempts).toBe(1)
})

test('the code that a page shows is typed in a dialog, and ties that browser alone; “I did not open anything” gives the link up', async () => {
  const bob = stage.person('bob')
  await bob.says('create opportunity name: By code')
  const link = linkIn(await bob.reads('works with your own Salesforce account'))
  const { browser, code } = await openUnsigned(`${link}?way=code`)
  const notice = await bob.reads('type here the code')
  const closed = await bob.submits(await bob.presses(notice, 'Enter the code'), { code })
  expect(closed.body.task.value).toContain('That browser goes on now')
  expect((await browser.open(link)).buttons.map(({ label }) => label)).toContain('Connect Salesforce')
  await bob.presses(notice, 'I did not open anything')
  expect((await browser.open(link)).status).toBe(410)
  expect((await stage.audit('connect.link_burnt')).at(-1)).toMatchObject({ why: 'not_me' })
})

test('the page says what works, and hands out a package that unpacks', async () => {
  const { body } = await stage.owner.api('POST', '/surfaces/teams/check')
  expect(body.data.map((check: { is_good: boolean }) => check.is_good)).toEqual([true, true, true, true])
  await stage.owner.api('PUT', '/surfaces/teams', { settings: {}, secrets: { client_secret: 'its id' } })
  const wrong = await stage.owner.api('POST', '/surfaces/teams/check')
  expect(wrong.body.data.find((check: { is_good: boolean }) => !check.is_good).text).toContain('AADSTS7000215')
  const file = await stage.owner.browser.fetch(new URL('/api/surfaces/teams/files/behalf-teams.zip', stage.url))
  const bytes = Buffer.from(await file.arrayBuffer())
  expect(bytes.readUInt32LE(0)).toBe(0x04034b50)
  const manifest = JSON.parse(bytes.toString('latin1').match(/\{[\s\S]*?\n\}/)?.[0] ?? '{}')
  expect(manifest).toMatchObject({ manifestVersion: '1.22', bots: [{ commandLists: [{}, {}] }] })
})
