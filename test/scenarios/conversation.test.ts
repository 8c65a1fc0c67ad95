import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let recipe: RecipeId

const last = async (): Promise<string> => (await alice.chat()).at(-1)?.text ?? ''

async function ask(text: string): Promise<string> {
  await alice.say(text)
  return last()
}

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  recipe = await behalf.addRecipe({
    name: 'Order lunch',
    description: 'Orders lunch.',
    trigger: {
      kind: 'command',
      command: 'order lunch',
      parameters: [
        { name: 'dish', label: 'Which dish', type: 'choice', choices: ['Soup', 'Salad'] },
        { name: 'portions', type: 'number' },
        { name: 'note', type: 'text', required: false },
      ],
    },
    connections: { crm: { connector: 'salesforce', connection_id: parent, personal: false } },
    steps: [
      {
        kind: 'action',
        name: 'find',
        connection: 'crm',
        action: 'run_soql',
        input: { query: 'SELECT Id FROM Account LIMIT 1' },
      },
      { kind: 'reply', name: 'answer', text: '{{ trigger.portions }} × {{ trigger.dish }}{{ trigger.note? }}' },
    ],
  })
  const trigger = (command: string, more: object = {}) => ({ kind: 'command', command, parameters: [], ...more })
  const say = (text: string) => [{ kind: 'reply', name: 'say', text }]
  await behalf.addRecipe({ name: 'Wave', description: 'Waves back.', trigger: trigger('wave'), steps: say('Hello') })
  await behalf.addRecipe({ name: 'Erase', trigger: trigger('erase all', { hidden: true }), steps: say('Erased') })
})
afterAll(() => behalf.stop())

test('asks for what is missing, one by one, says what is wrong with an answer, and runs', async () => {
  expect(await ask('order lunch')).toContain('Which dish?')
  expect(await ask('Pizza')).toMatch(/must be one of Soup, Salad.*Which dish\?/)
  expect(await ask('soup')).toContain('portions?')
  expect(await ask('many')).toMatch(/must be a number/)
  expect(await ask('/behalf')).toMatch(/must be a number/)
  await behalf.restart()
  await ask('2')
  await until(async () => (await last()) === '2 × Soup')
})

test('drops a half-given command on “cancel”, and for another command', async () => {
  await ask('order lunch dish: soup')
  expect(await ask('cancel')).toContain('Cancelled')
  expect(await ask('cancel')).toContain('nothing to cancel')
  await ask('order lunch')
  expect(await ask('help')).toContain('You can run these')
  expect(await ask('2')).toContain('I do not know that')
})

test('says what can be run, and which accounts are connected', async () => {
  await alice.say('help')
  const help = (await alice.chat()).at(-1)
  expect(help?.fields).toEqual([
    { name: 'Salesforce', value: 'order lunch: Orders lunch. Needs dish, portions, note (optional).' },
    { name: 'Without an application', value: 'wave: Waves back.' },
  ])
  expect(await ask('connections')).toBe('You have no connections. A recipe that needs one will ask you.')
  expect(await ask('ordr lunch')).toContain('Did you mean “order lunch”?')
})

test('help is by application, with a button for one’s own accounts; with a word it says what has to do with it', async () => {
  for (const line of ['/behalf help', '/behalf', '@Behalf help']) expect(await ask(line)).toContain('You can run these')
  const help = (await alice.chat()).at(-1)
  const [accounts] = help?.buttons ?? []
  expect(accounts?.label).toBe('Personal accounts')
  const pressed = await alice.api('POST', '/chat/presses', { press: accounts?.press, line_id: help?.id })
  expect(pressed.body.data.at(-1).text).toContain('You have no connections')
  await alice.say('help salesforce')
  expect((await alice.chat()).at(-1)?.fields.map(({ name }) => name)).toEqual(['Salesforce'])
  await alice.say('help order lunch')
  const about = (await alice.chat()).at(-1)
  expect(about?.text).toBe('Orders lunch.\nType “order lunch dish: … portions: …”.')
  expect(about?.fields).toEqual([
    { name: 'dish', value: 'Which dish · one of Soup, Salad' },
    { name: 'portions', value: 'a number' },
    { name: 'note', value: 'text, optional' },
  ])
  expect(await ask('help erase')).toContain('Nothing that you can run has to do with “erase”.')
})

test('a hidden command is neither listed nor suggested, and runs when it is typed', async () => {
  expect(await ask('erase al')).toBe('I do not know that. Say “help” to see what you can run.')
  const commands = (await alice.api('GET', '/me/recipes')).body.data.map(({ command }: { command: unknown }) => command)
  expect(commands).toEqual([null, 'order lunch', 'wave'])
  await ask('erase all')
  await until(async () => (await last()) === 'Erased')
})

test('a suggestion is run by its button', async () => {
  await alice.say('wav')
  const suggested = (await alice.chat()).at(-1)
  expect(suggested?.text).toContain('Did you mean “wave”?')
  await alice.api('POST', '/chat/presses', { press: suggested?.buttons[0]?.press, line_id: suggested?.id })
  await until(async () => (await last()) === 'Hello')
})

test('a text that is asked for may begin as help, or with a slash', async () => {
  await behalf.addRecipe({
    name: 'Note',
    trigger: { kind: 'command', command: 'note', parameters: [{ name: 'text', type: 'text' }] },
    steps: [{ kind: 'reply', name: 'say', text: 'Noted {{ trigger.text }}' }],
  })
  for (const text of ['help me with it', '/tmp/files']) {
    await ask('note')
    await ask(text)
    await until(async () => (await last()) === `Noted ${text}`)
  }
})

test('P8: a command whose recipe stopped because its connection was deleted says so', async () => {
  const { status } = await behalf.owner.api('DELETE', `/connections/${parent}`)
  expect(status).toBe(204)
  expect(await ask('order lunch')).toBe('“Order lunch” is stopped. Its connection “Salesforce” was deleted.')
  const { body } = await behalf.owner.api('GET', `/recipes/${recipe}`)
  expect(body.data).toMatchObject({ status: 'stopped', stopped_reason: 'Its connection “Salesforce” was deleted.' })
})
