import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { blocksOf, SAID } from '../../src/connectors/slack/controls.ts'
import { type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { until } from '../support/until.ts'

let stage: SlackStage

const command = (command: string, ...names: string[]) => ({
  kind: 'command',
  command,
  parameters: names.map((name) => ({ name, type: 'text' })),
})
const reply = (name: string, text: string, more: object = {}) => ({ kind: 'reply', name, text, ...more })

beforeAll(async () => {
  stage = await startSlackStage()
  await stage.addRecipe({
    name: 'Close deal',
    trigger: command('close deal', 'id', 'stage'),
    steps: [reply('say', '{{ person.name }}: {{ trigger.id }} is {{ trigger.stage }}')],
  })
  await stage.addRecipe({
    name: 'Offer',
    trigger: command('offer', 'id'),
    steps: [
      reply('begun', 'Looks for {{ trigger.id }}'),
      reply('found', 'Found {{ trigger.id }}', {
        updates: 'begun',
        buttons: [{ label: 'Close', command: 'close deal', input: { id: '{{ trigger.id }}', stage: 'won' } }],
        menus: [
          {
            label: 'Move to',
            command: 'close deal',
            input: { id: '{{ trigger.id }}' },
            parameter: 'stage',
            choices: ['open', 'lost'],
          },
        ],
      }),
      reply('hint', 'Between us: {{ trigger.id }}', { only_for_its_person: true }),
    ],
  })
})
afterAll(() => stage.stop())

test('in a channel a reply takes the place of another, and its buttons and menus run as whoever presses them', async () => {
  const { alice, bob } = stage
  await alice.saysIn('sales', '@Behalf offer id: D7')
  const found = await alice.reads('Found D7', 'sales')
  expect((await bob.sees('sales')).map(({ text }) => text).join('\n')).not.toContain('Looks for D7')
  await alice.presses(found, 'Close')
  await alice.reads('Alice Ng: D7 is won', 'sales')
  await bob.presses(await bob.reads('Found D7', 'sales'), 'Move to', 'lost')
  await bob.reads('Bob Ortiz: D7 is lost', 'sales')
})

test('a reply that is for its person alone is read by nobody else in the channel', async () => {
  const { alice, bob } = stage
  await alice.saysIn('sales', '@Behalf offer id: D8')
  expect((await alice.reads('Between us: D8', 'sales')).isPrivate).toBe(true)
  expect((await bob.sees('sales')).map(({ text }) => text).join('\n')).not.toContain('Between us')
})

test('what the connector posts as Alice is pressed by Bob, and runs as Bob, who is asked for the rest', async () => {
  const { alice, bob } = stage
  const said = z.strictObject(SAID).parse({
    text: 'The renewal is signed.',
    buttons: [
      { label: 'Close it', command: 'close deal', input: { id: 'D9', stage: 'won: "all" id: D0' } },
      { label: 'Ask me', command: 'close deal', input: { id: 'D9' } },
    ],
    menus: [{ label: 'Or', options: [{ label: 'Lost', command: 'close deal', input: { id: 'D9', stage: 'lost' } }] }],
  })
  const channel = alice.team.channels.find(({ name }) => name === 'sales')?.id
  const blocks = blocksOf(said)
  await alice.team.ask(alice.user.id, 'chat.postMessage', { channel, text: said.text, blocks })
  const posted = await until(async () =>
    (await bob.sees('sales')).find(({ text }) => text.includes('The renewal is signed.')),
  )
  await bob.presses(posted, 'Close it')
  await bob.reads('Bob Ortiz: D9 is won: "all" id: D0', 'sales')
  await bob.presses(posted, 'Or', 'Lost')
  await bob.reads('Bob Ortiz: D9 is lost', 'sales')
  await bob.presses(posted, 'Ask me')
  await bob.fills({ stage: 'on hold' })
  await bob.reads('Bob Ortiz: D9 is on hold', 'sales')
})
