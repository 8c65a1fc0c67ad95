import { afterAll, beforeAll, expect, test } from 'vitest'
import { OutsideError } from '../../src/core/errors.ts'
import type { RecipeId } from '../../src/core/ids.ts'
import { surface as portal } from '../../src/surfaces/portal/index.ts'
import { type ChatLine, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let closing: RecipeId

const command = (command: string, ...names: string[]) => ({
  kind: 'command',
  command,
  parameters: names.map((name) => ({ name, type: 'text' })),
})
const reply = (name: string, text: string, more: object = {}) => ({ kind: 'reply', name, text, ...more })
const question = { kind: 'ask', name: 'wait', text: 'Go on?', choices: [{ label: 'Yes', value: 'y' }] }

const offering = {
  name: 'Offer',
  trigger: command('offer', 'id'),
  steps: [
    reply('say', 'Made {{ trigger.id }}', {
      buttons: [
        {
          label: 'Close {{ trigger.id }}',
          command: 'close deal',
          input: { id: '{{ trigger.id }}', stage: 'won: or "lost"' },
          style: 'primary',
          confirm: 'Close {{ trigger.id }}?',
        },
        { label: 'Ask', command: 'close deal', input: { id: '{{ trigger.id }}' } },
      ],
      menus: [
        {
          label: 'Move to',
          command: 'close deal',
          input: { id: '{{ trigger.id }}' },
          parameter: 'stage',
          choices: "{{= ['open', {'label': 'Won', 'value': trigger.id & '/won'}] }}",
        },
        { label: 'More', options: [{ label: 'Again', command: 'offer', input: { id: 'again' } }] },
        { label: 'Nothing', command: 'close deal', parameter: 'stage', choices: [] },
      ],
    }),
  ],
}

/** The portal, away for a moment when it is to say `At a`. */
const portalThatStumbles: typeof portal = {
  ...portal,
  make(ctx) {
    const real = portal.make(ctx)
    let stumbled = false
    return {
      ...real,
      async deliver(delivery) {
        delivered.push(delivery.outgoing.message.text)
        if (stumbled || delivery.outgoing.message.text !== 'At a') return real.deliver(delivery)
        stumbled = true
        throw new OutsideError('away', 'It is away.', { retryable: true })
      },
    }
  },
  routes: () => [],
}
const delivered: string[] = []

beforeAll(async () => {
  behalf = await startTestBehalf({ surfaces: [portalThatStumbles] })
  ;[alice, bob] = [await behalf.addPerson('Alice Ng'), await behalf.addPerson('Bob Ruiz')]
  closing = await behalf.addRecipe({
    name: 'Close deal',
    trigger: command('close deal', 'id', 'stage'),
    steps: [reply('say', '{{ person.name }}: {{ trigger.id }} is {{ trigger.stage }}')],
  })
  await behalf.addRecipe(offering)
  const big = { label: 'Big', command: 'offer', input: { id: '{{= $pad("", 2000, "x") }}' } }
  await behalf.addRecipe({ name: 'Big', trigger: command('big'), steps: [reply('say', 'Big', { buttons: [big] })] })
  const menus = [{ label: 'Which', command: 'close deal', parameter: 'id', choices: '{{ trigger.id }}' }]
  await behalf.addRecipe({ name: 'Odd', trigger: command('odd', 'id'), steps: [reply('say', 'Odd', { menus })] })
  await behalf.addRecipe({
    name: 'Work',
    trigger: command('work'),
    steps: [
      reply('progress', 'Begins'),
      {
        kind: 'for_each',
        name: 'each',
        items: ['a', 'b'],
        steps: [reply('turn', 'At {{ loops.each.item }}', { updates: 'progress' })],
      },
      question,
      reply('done', 'Done', { updates: 'progress' }),
    ],
  })
})
afterAll(() => behalf.stop())

async function lineAfter(person: TestPerson, line: string, text: string): Promise<ChatLine> {
  const before = (await person.chat()).length
  await person.say(line)
  return until(async () => (await person.chat()).slice(before).find((each) => each.text === text))
}
const press = (person: TestPerson, line: ChatLine, { press }: { press: object }) =>
  person.api('POST', '/chat/presses', { press, line_id: line.id })
const said = (person: TestPerson, words: string | RegExp) =>
  until(async () =>
    (await person.chat()).some(({ text }) => (typeof words === 'string' ? text === words : words.test(text))),
  )

/** What the live stream tells of a line from now on. */
async function hear(person: TestPerson, lineId: string): Promise<string> {
  const stop = new AbortController()
  const url = new URL('/api/chat/stream', behalf.url)
  const stream = await person.browser.fetch(url, { headers: { accept: 'text/event-stream' }, signal: stop.signal })
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  let heard = ''
  while (!heard.includes(lineId)) heard += (await reader?.read())?.value ?? ''
  stop.abort()
  return heard
}

test('a reply’s buttons and menus run other commands with values, as whoever presses them', async () => {
  const line = await lineAfter(alice, 'offer id: 7', 'Made 7')
  expect(line.buttons.map(({ label, confirm }) => [label, confirm])).toEqual([
    ['Close 7', 'Close 7?'],
    ['Ask', null],
  ])
  expect(line.menus.map(({ label, options }) => [label, ...options.map((option) => option.label)])).toEqual([
    ['Move to', 'open', 'Won'],
    ['More', 'Again'],
  ])
  await press(alice, line, line.buttons[0]!)
  await said(alice, 'Alice Ng: 7 is won: or "lost"')
  await press(alice, line, line.menus[0]!.options[1]!)
  await said(alice, 'Alice Ng: 7 is 7/won')
  await press(bob, line, line.menus[0]!.options[0]!)
  await said(bob, 'Bob Ruiz: 7 is open')
  await press(alice, line, line.menus[1]!.options[0]!)
  await said(alice, 'Made again')
})

test('what a button leaves out is asked for', async () => {
  const line = await lineAfter(alice, 'offer id: 8', 'Made 8')
  const { body } = await press(alice, line, line.buttons[1]!)
  expect(body.data.at(-1).text).toContain('stage?')
  await alice.say('open')
  await said(alice, 'Alice Ng: 8 is open')
})

test('a reply that takes the place of another is seen in its place, also after a restart, by whoever looks on', async () => {
  const line = await lineAfter(alice, 'work', 'At b')
  expect(delivered.filter((text) => text.startsWith('At'))).toEqual(['At a', 'At a', 'At b'])
  const waiting = await until(async () => (await alice.chat()).find(({ text }) => text.startsWith('Go on?')))
  expect((await alice.chat()).filter(({ text }) => text === 'Begins')).toEqual([])
  await behalf.restart()
  const looksOn = hear(alice, line.id)
  await alice.api('POST', `/jobs/${waiting.job_id}/answer`, { step: 'wait', choice: 'y' })
  await said(alice, 'Done')
  expect(await looksOn).toContain('"text":"Done"')
  const lines = await alice.chat()
  expect(lines.find(({ id }) => id === line.id)?.text).toBe('Done')
  expect(lines.findIndex(({ id }) => id === line.id)).toBeLessThan(lines.findIndex(({ id }) => id === waiting.id))
})

test('a button of a recipe that was stopped since says so, and gives nobody the right to run it', async () => {
  const line = await lineAfter(alice, 'offer id: 9', 'Made 9')
  await behalf.owner.api('PUT', `/recipes/${closing}/runners`, { everyone: false })
  const unshared = await press(bob, line, line.buttons[0]!)
  expect(unshared.body.data.at(-1)).toMatchObject({ tone: 'failure', text: expect.stringContaining('no longer there') })
  await behalf.owner.api('PUT', `/recipes/${closing}/runners`, { everyone: true })
  await behalf.owner.api('POST', `/recipes/${closing}/stop`)
  expect((await press(alice, line, line.buttons[0]!)).body.data.at(-1)).toMatchObject({ tone: 'failure' })
  const later = await lineAfter(alice, 'offer id: 10', 'Made 10')
  expect((await press(alice, later, later.buttons[0]!)).body.data.at(-1).text).toContain('“Close deal” is stopped')
})

test('what a message cannot carry, and what is no list to choose from, fails the step in words', async () => {
  await alice.say('big')
  await said(alice, /“Big” would carry more than 2,000 characters/)
  await alice.say('odd id: text')
  await said(alice, /What “Which” offers is not a list\./)
})
