import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { jobEnded } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson

const choices = [
  { label: 'Yes, please', value: 'yes' },
  { label: 'Help', value: 'help' },
]
const form = [
  { name: 'count', label: 'How many', type: 'number' },
  { name: 'size', type: 'choice', choices: ['Small', 'Large'] },
  { name: 'note', type: 'text', required: false },
]
const asking = (command: string, more: object, told: string) => ({
  name: command,
  trigger: { kind: 'command', command, parameters: [] },
  steps: [
    { kind: 'ask', name: 'sure', text: `Now ${command}?`, ...more },
    { kind: 'reply', name: 'answer', text: told },
  ],
})

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  await behalf.addRecipe(asking('choose', { choices }, 'Chose {{ steps.sure.choice }}'))
  const filled = 'Filled {{ steps.sure.values.count }} {{ steps.sure.values.size }} {{ steps.sure.values.note? }}'
  await behalf.addRecipe(asking('fill in', { form }, filled))
})
afterAll(() => behalf.stop())

const last = async () => (await alice.chat()).at(-1)
const ask = async (text: string): Promise<string> => {
  await alice.say(text)
  return (await last())?.text ?? ''
}
/** Runs a command, and answers which job asks and what it says. */
const askedBy = async (command: string) => {
  const before = (await alice.chat()).length
  await alice.say(command)
  const line = await until(async () => (await alice.chat()).slice(before).find(({ kind }) => kind === 'question'))
  return { id: line.job_id ?? '', text: line.text }
}
/** At its end, but for the thanks, which a quick job overtakes. */
const told = (text: string) => until(async () => (await alice.chat()).slice(-2).some((line) => line.text === text))

test('a question is answered by its choice, in whatever case, and what is none of them is refused', async () => {
  const { id, text } = await askedBy('choose')
  expect(text).toBe('Now choose?\nAnswer with one of: Yes, please, Help. (Say “cancel” to end the job.)')
  expect(await ask('perhaps')).toBe('Answer with one of: Yes, please, Help.')
  await alice.say('yes, PLEASE')
  await told('Chose yes')
  expect((await jobEnded(alice, id)).status).toBe('succeeded')
  expect(await ask('yes, please')).toContain('I do not know that.')
})

test('a choice that reads like a word of the chat is the choice; commands typed in full still run', async () => {
  const first = await askedBy('choose')
  const second = await askedBy('choose')
  await alice.say('help')
  await told('Chose help')
  expect((await jobEnded(alice, second.id)).status).toBe('succeeded')
  expect((await alice.api('GET', `/jobs/${first.id}`)).body.data.status).toBe('waiting_for_answer')
  await alice.say('cancel')
  expect(await jobEnded(alice, first.id)).toMatchObject({ status: 'cancelled' })
  await told('You cancelled it.')
  expect(await ask('cancel')).toBe('There is nothing to cancel.')
})

test('a form is filled in field by field, also after a restart; what may be left out is skipped', async () => {
  const { text } = await askedBy('fill in')
  expect(text).toBe('Now fill in?\nHow many? (Say “cancel” to end the job.)')
  expect(await ask('many')).toMatch(/^That must be a number. How many\?/)
  expect(await ask('3')).toContain('size? One of: Small, Large.')
  await behalf.restart()
  expect(await ask('Huge')).toMatch(/^That must be one of Small, Large/)
  expect(await ask('large')).toContain('note? Say “skip” to leave it out.')
  await alice.say('skip')
  await told('Filled 3 Large ')
})

test('half a form is dropped for a command and for “cancel”, and when it was answered elsewhere', async () => {
  const { id } = await askedBy('fill in')
  expect(await ask('1')).toContain('size?')
  await alice.api('POST', `/jobs/${id}/answer`, { step: 'sure', values: { count: 9, size: 'Small' } })
  await told('Filled 9 Small ')
  expect(await ask('Small')).toContain('I do not know that.')
  const again = await askedBy('fill in')
  expect(await ask('1')).toContain('size?')
  await alice.say('cancel')
  expect(await jobEnded(alice, again.id)).toMatchObject({ status: 'cancelled' })
})

test('a question is for its person alone: what somebody else types answers nothing', async () => {
  const { id } = await askedBy('choose')
  const bob = await behalf.addPerson('Bob Ortiz')
  await bob.say('yes, please')
  expect((await bob.chat()).at(-1)?.text).toContain('I do not know that.')
  expect((await alice.api('GET', `/jobs/${id}`)).body.data.status).toBe('waiting_for_answer')
})
