import { expect, it, test } from 'vitest'
import type { RunnableCommand } from '#commands/chat/find-commands.ts'
import { commandText } from '#core/command-text.ts'
import { understand } from './understand.ts'

const parameter = (name: string): RunnableCommand['parameters'][number] => ({ name, type: 'text', required: true })
const command = (words: string, ...names: string[]): RunnableCommand => ({
  recipeId: 'rcp_1',
  recipeName: words,
  command: words,
  hidden: false,
  description: '',
  parameters: names.map(parameter),
  applications: [],
})
const COMMANDS = [command('create'), command('create opportunity', 'name', 'amount'), command('triage bug', 'title')]

const given = (line: string): unknown => {
  const understood = understand(line, COMMANDS)
  return understood.kind === 'command' ? [understood.command.command, understood.given] : understood
}

test('help is wanted with everything, or with something', () => {
  expect(understand('  Help ', COMMANDS)).toEqual({ kind: 'help', about: null })
  expect(understand('help  Create opportunity', COMMANDS)).toEqual({ kind: 'help', about: 'create opportunity' })
  const desk = understand('help desk', [...COMMANDS, command('help desk')])
  expect(desk).toMatchObject({ kind: 'command', command: { command: 'help desk' } })
})

test.each([
  ['connections', 'connections'],
  ['personal_connections', 'connections'],
  ['cancel', 'cancel'],
])('knows the built-in word %j', (line, kind) => {
  expect(understand(line, COMMANDS)).toEqual({ kind })
})

it('takes the longest command that fits, in whatever case and spacing', () => {
  expect(given('Create   OPPORTUNITY')).toEqual(['create opportunity', {}])
  expect(given('/create opportunity')).toEqual(['create opportunity', {}])
  expect(given('create')).toEqual(['create', {}])
})

it('reads arguments by name, whose values may hold spaces and colons', () => {
  expect(given('create opportunity name: Acme renewal 2027 amount: 500')).toEqual([
    'create opportunity',
    { name: 'Acme renewal 2027', amount: '500' },
  ])
  expect(given('create opportunity NAME:Acme amount:500')).toEqual([
    'create opportunity',
    { name: 'Acme', amount: '500' },
  ])
  expect(given('triage bug title: see http://example.test: it fails')).toEqual([
    'triage bug',
    { title: 'see http://example.test: it fails' },
  ])
})

it('gives text before the first name to the first parameter', () => {
  expect(given('create opportunity Acme renewal amount: 5')).toEqual([
    'create opportunity',
    { name: 'Acme renewal', amount: '5' },
  ])
})

it('never takes a name that is not a parameter for one', () => {
  expect(given('create opportunity __proto__: x constructor: y')).toEqual([
    'create opportunity',
    { name: '__proto__: x constructor: y' },
  ])
})

it('suggests what is near, and nothing where nothing is', () => {
  expect(understand('craete oportunity', COMMANDS)).toEqual({ kind: 'unknown', similar: 'create opportunity' })
  expect(understand('hepl', COMMANDS)).toEqual({ kind: 'unknown', similar: 'help' })
  expect(understand('what is the weather like', COMMANDS)).toEqual({ kind: 'unknown', similar: null })
})

it('suggests no hidden command, and runs it when it is typed', () => {
  const commands = [...COMMANDS, { ...command('erase all'), hidden: true }]
  expect(understand('erase al', commands)).toEqual({ kind: 'unknown', similar: null })
  expect(understand('erase all', commands)).toMatchObject({ kind: 'command', command: { command: 'erase all' } })
})

it('takes a slash, and the name of the app with a slash or an @, for what they are', () => {
  expect(given('/behalf create opportunity name: Acme')).toEqual(['create opportunity', { name: 'Acme' }])
  expect(given('@Behalf Create')).toEqual(['create', {}])
  expect(given('/behalf')).toEqual({ kind: 'unknown', similar: null })
  expect(given('/tmp/files')).toEqual({ kind: 'unknown', similar: null })
  expect(given('/behalf craete')).toEqual({ kind: 'unknown', similar: 'create' })
  expect(given('/craete')).toEqual({ kind: 'unknown', similar: 'create' })
})

it('reads a value in quotes to their end, whatever stands in it', () => {
  const rest = { name: 'Acme: amount: 5', amount: '7' }
  expect(given('create opportunity name: "Acme: amount: 5" amount: 7')).toEqual(['create opportunity', rest])
  expect(given('create opportunity name: “Acme: amount: 5” amount: "7"')).toEqual(['create opportunity', rest])
  expect(given('create opportunity "name: Acme"')).toEqual(['create opportunity', { name: 'name: Acme' }])
  expect(given('create opportunity name: "Big" deal amount: 7')).toEqual([
    'create opportunity',
    { name: '"Big" deal', amount: '7' },
  ])
  expect(given('create opportunity name: "half amount: 7')).toEqual([
    'create opportunity',
    { name: '"half', amount: '7' },
  ])
  expect(given('triage bug title: C:\\temp')).toEqual(['triage bug', { title: 'C:\\temp' }])
})

it('keeps line breaks and spaces within values', () => {
  expect(given('triage bug title: one\n  two')).toEqual(['triage bug', { title: 'one\n  two' }])
})

it.each(['plain', 'amount: 5', 'say "hi" amount: 5', 'back\\slash\\', '“curly” \\"', ' spaced ', 'two\nlines'])(
  'understands %j as a command that was written for it',
  (name) => {
    expect(given(commandText('create opportunity', { name, amount: '' }))).toEqual(['create opportunity', { name }])
  },
)
