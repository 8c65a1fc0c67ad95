import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import {
  type ChatButton,
  type ChatLine,
  connectAt,
  createOpportunity,
  startTestBehalf,
  type TestBehalf,
  type TestPerson,
} from '../support/behalf.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId

beforeAll(async () => {
  behalf = await startTestBehalf()
  ;[alice, bob] = [await behalf.addPerson('Alice Ng'), await behalf.addPerson('Bob Ruiz')]
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  await behalf.addRecipe(createOpportunity(parent, true))
  await behalf.addRecipe({
    name: 'Approve',
    trigger: { kind: 'command', command: 'approve', parameters: [] },
    steps: [
      { kind: 'ask', name: 'sure', text: 'Sure?', choices: [{ label: 'Yes', value: 'y' }] },
      { kind: 'reply', name: 'answer', text: 'Chose {{ steps.sure.choice }}' },
    ],
  })
  await behalf.addRecipe({
    name: 'Count',
    trigger: { kind: 'command', command: 'count', parameters: [] },
    steps: [
      { kind: 'ask', name: 'sure', text: 'Tell.', form: [{ name: 'count', label: 'How many', type: 'number' }] },
      { kind: 'reply', name: 'answer', text: 'Counted {{ steps.sure.values.count }}' },
    ],
  })
})
afterAll(() => behalf.stop())

async function lineAfter(person: TestPerson, command: string, kind: ChatLine['kind']): Promise<ChatLine> {
  const before = (await person.chat()).length
  await person.say(command)
  return until(async () => (await person.chat()).slice(before).find((line) => line.kind === kind))
}
const press = (person: TestPerson, line: ChatLine, button: ChatButton | undefined) =>
  person.api('POST', '/chat/presses', { press: button?.press, line_id: line.id })
const labelled = (buttons: ChatButton[], label: string) => buttons.find((button) => button.label === label)
/** At its end, but for the thanks, which a quick job overtakes. */
const said = (person: TestPerson, text: string) =>
  until(async () => (await person.chat()).slice(-2).some((line) => line.text === text))

test('a prompt to connect is declined by its button, by its person alone, and once', async () => {
  const ask = await lineAfter(alice, 'create opportunity name: Acme', 'ask')
  const notNow = labelled(ask.buttons, 'Not now')
  const stranger = await press(bob, ask, notNow)
  expect(stranger.body.data.at(-1)).toMatchObject({ tone: 'failure', text: expect.stringContaining('no such job') })
  const { body } = await press(alice, ask, notNow)
  expect(body.data[0]).toMatchObject({ id: ask.id, text: 'Cancelled.', links: [], buttons: [] })
  expect((await alice.api('GET', `/jobs/${ask.job_id}`)).body.data.status).toBe('cancelled')
  const again = await press(alice, ask, notNow)
  expect(again.body.data.at(-1).text).toContain('already ended')
})

test('a question is answered by a button, which does nothing for anybody else', async () => {
  const question = await lineAfter(alice, 'approve', 'question')
  const yes = labelled(question.buttons, 'Yes')
  expect((await press(bob, question, yes)).body.data.at(-1)).toMatchObject({ tone: 'failure' })
  await press(alice, question, yes)
  await said(alice, 'Chose y')
})

test('a question with fields, where no form can be opened, is asked in words, which the next line answers', async () => {
  const question = await lineAfter(alice, 'count', 'question')
  const { body } = await press(alice, question, labelled(question.buttons, 'Answer'))
  expect(body.data.at(-1).text).toContain('How many?')
  await alice.say('3')
  await said(alice, 'Counted 3')
})

test('the list of connections connects and disconnects where it stands, and is changed in its place', async () => {
  const list = await lineAfter(alice, 'connections', 'reply')
  expect(list.items).toMatchObject([{ text: 'Salesforce', badge: { text: 'Disconnected' } }])
  const asked = await press(alice, list, labelled(list.items[0]?.buttons ?? [], 'Connect'))
  const link = asked.body.data.at(-1).links[0].url
  expect(link).toMatch(/\/connect\/l\/[\w-]{43}$/)
  await connectAt(alice, link, 'Alice Ng')
  const connected = await lineAfter(alice, 'connections', 'reply')
  expect(connected.items).toMatchObject([{ badge: { text: 'Connected', tone: 'success' } }])
  const disconnect = labelled(connected.items[0]?.buttons ?? [], 'Disconnect')
  expect(disconnect?.confirm).toContain('Disconnect Salesforce?')
  expect((await press(bob, connected, disconnect)).body.data.at(-1)).toMatchObject({ tone: 'failure' })
  const { body } = await press(alice, connected, disconnect)
  expect(body.data).toMatchObject([{ id: connected.id, items: [{ badge: { text: 'Disconnected' } }] }])
  const kept = (await alice.chat()).find(({ id }) => id === connected.id)
  expect(kept?.items).toMatchObject([{ badge: { text: 'Disconnected' } }])
})

test('what no button of ours says is refused with words', async () => {
  for (const wrong of [undefined, {}, { do: 'reveal' }, { do: 'delete', connection: 'job_1' }, { do: 'say' }]) {
    const { status, body } = await alice.api('POST', '/chat/presses', { press: wrong, line_id: 'msg_none' })
    expect([status, body.error.code]).toEqual([422, 'press_invalid'])
  }
})
