import { expect, test } from 'vitest'
import { imaginaryConnectors } from '../../../test/support/recipe-fixtures.ts'
import type { Parameter } from '../step.ts'
import type { RecipeFacts } from './recipe-facts.ts'
import { validateRecipe } from './validate-recipe.ts'

const takes: Parameter[] = [
  { name: 'id', type: 'text', required: true },
  { name: 'stage', type: 'choice', required: true, choices: ['Won', 'Lost'] },
]
const facts: RecipeFacts = {
  recipeId: 'rcp_1',
  functions: new Map(),
  overrides: new Map(),
  projectId: 'prj_1',
  environment: 'PROD',
  connectors: imaginaryConnectors,
  parents: new Map(),
  takenCommands: new Set(),
  commands: new Map([['move on', [takes]]]),
  expressions: new Map(),
}
const trigger = { kind: 'command', command: 'say it', parameters: [{ name: 'loud', type: 'boolean' }] }
const say = { kind: 'reply', name: 'say', text: 'hello' }

/** Each problem as `path code`. */
const problemsOf = (...steps: object[]) =>
  validateRecipe({ name: 'Say it', trigger, steps }, facts).map(({ path, code }) => `${path} ${code}`)

test('a button runs the command of another recipe, or its own, with some of what it takes', () => {
  const own = { label: 'Again', command: 'say it', input: { loud: '{{ trigger.loud }}' } }
  const other = { label: 'Won', command: 'move on', input: { stage: 'won' }, style: 'primary', confirm: 'Sure?' }
  const list = { label: 'Which?', command: 'move on', choices: ['a', 'b'], parameter: 'id', input: { stage: 'Lost' } }
  const menus = [{ label: 'More', options: [own, { label: 'On', command: 'move on' }] }, list]
  expect(problemsOf({ ...say, buttons: [own, other], menus })).toEqual([])
})

test('a command that no recipe has, and input that it does not take, are refused where they stand', () => {
  const buttons = [
    { label: 'None', command: 'move off' },
    { label: 'Unknown', command: 'move on', input: { color: 'red' } },
    { label: 'Unfit', command: 'move on', input: { stage: 'Open', id: '{{ trigger.none }}' } },
  ]
  const menus = [
    { label: 'More', options: [{ label: 'None', command: 'move off' }] },
    { label: 'Which?', command: 'move on', choices: '{{ trigger.loud }}', parameter: 'color' },
  ]
  expect(problemsOf({ ...say, buttons, menus })).toEqual([
    'steps[0].buttons[0].command command_unknown',
    'steps[0].buttons[1].input.color command_input_unknown',
    'steps[0].buttons[2].input.stage command_input_invalid',
    'steps[0].menus[0].options[0].command command_unknown',
    'steps[0].menus[1].parameter command_input_unknown',
    'steps[0].buttons[2].input.id pill_unknown',
  ])
})

test('a menu has options, or a command with choices: not both, not half', () => {
  const option = { label: 'On', command: 'move on' }
  for (const half of [{}, { command: 'move on' }, { options: [option], command: 'move on' }, { choices: ['a'] }])
    expect(problemsOf({ ...say, menus: [{ label: 'More', ...half }] })).toEqual(['steps[0].menus[0] recipe_malformed'])
})

test('a reply takes the place of one that may have been said before it', () => {
  const done = { ...say, name: 'done', updates: 'say' }
  const loop = { kind: 'for_each', name: 'each', items: [1], steps: [done] }
  expect(problemsOf(say, done)).toEqual([])
  expect(problemsOf(say, loop)).toEqual([])
  expect(problemsOf(done, say)).toEqual(['steps[0].updates reply_too_early'])
  expect(problemsOf(say, { ...done, updates: 'said' })).toEqual(['steps[1].updates reply_unknown'])
  const within = { ...loop, steps: [say] }
  expect(problemsOf(within, done)).toEqual(['steps[1].updates reply_too_early'])
})
