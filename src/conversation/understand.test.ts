import { expect, it, test } from 'vitest'
import type { RunnableCommand } from '#commands/chat/find-commands.ts'
import { understand } from './understand.ts'

const parameter = (name: string): RunnableCommand['parameters'][number] => ({ name, type: 'text', required: true })
const command = (words: string, ...names: string[]): RunnableCommand => ({
  recipeId: 'rcp_1',
  recipeName: words,
  command: words,
  description: '',
  parameters: names.map(parameter),
  applications: [],
})
const COMMANDS = [command('create'), command('create opportunity', 'name', 'amount'), command('triage bug', 'title')]

const given = (line: string): unknown => {
  const understood = understand(line, COMMANDS)
  return understood.kind === 'command' ? [understood.command.command, understood.given] : understood
}

test.each([
  ['help', 'help'],
  ['  Help ', 'help'],
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
