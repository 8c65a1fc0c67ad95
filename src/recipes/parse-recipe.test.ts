import { expect, test } from 'vitest'
import { exampleRecipe } from '../../test/support/recipe-fixtures.ts'
import { parseRecipe, readRecipe, recipeJsonSchema } from './parse-recipe.ts'

const problemsOf = (json: unknown) => {
  const read = readRecipe(json)
  return 'problems' in read ? read.problems.map(({ path, message }) => `${path}: ${message}`) : []
}

test('fills in what has a default', () => {
  const recipe = parseRecipe({ name: ' r ', trigger: { kind: 'webhook' }, steps: [] })
  expect(recipe).toEqual({
    name: 'r',
    description: '',
    trigger: { kind: 'webhook', respond: 'at_once' },
    connections: {},
    steps: [],
  })
})

test('what it gives it also takes, unchanged', () => {
  const recipe = parseRecipe(exampleRecipe('con_1'))
  expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe)
})

test('throws every problem with its path', () => {
  const json = { name: '', trigger: { kind: 'command' }, steps: [{ kind: 'reply', name: 'Reply' }], color: 'red' }
  expect(() => parseRecipe(json)).toThrow(
    expect.objectContaining({
      code: 'recipe_invalid',
      status: 422,
      details: {
        problems: [
          expect.objectContaining({ path: 'name' }),
          { path: 'trigger.command', code: 'recipe_malformed', message: 'is missing' },
          expect.objectContaining({ path: 'steps[0].name' }),
          { path: 'steps[0].text', code: 'recipe_malformed', message: 'is missing' },
          { path: 'color', code: 'recipe_malformed', message: 'is not known here' },
        ],
      },
    }),
  )
})

test('looks into the branches of an if and the alternatives of a condition', () => {
  const steps = [
    {
      kind: 'if',
      name: 'check',
      condition: { any: [{ left: 1, is: 'like', right: 2 }] },
      steps: [],
      else: [{ kind: 'dance', name: 'x' }],
    },
  ]
  expect(problemsOf(exampleRecipe('con_1', { steps }))).toEqual([
    expect.stringMatching(/^steps\[0\]\.condition\.any\[0\]\.is: /),
    expect.stringMatching(/^steps\[0\]\.else\[0\]\.kind: .*'action' \| 'reply' \| 'stop' \| 'ask' \| 'call' \| 'if'/),
  ])
})

test('refuses one parent under two names, where it could have the switch on and off at once', () => {
  const connections = {
    mine: { connector: 'crm', connection_id: 'con_1', personal: true },
    ours: { connector: 'crm', connection_id: 'con_1', personal: false },
    later: { connector: 'crm' },
    'even-later': { connector: 'crm' },
  }
  expect(problemsOf(exampleRecipe('con_1', { connections }))).toEqual([
    expect.stringMatching(/^connections\["even-later"\]: is no fit name/),
  ])
  const { 'even-later': _, ...named } = connections
  expect(problemsOf(exampleRecipe('con_1', { connections: named }))).toEqual([
    expect.stringMatching(/^connections\.ours\.connection_id: .*"mine" already stands for/),
  ])
})

test('refuses text that the database cannot hold', () => {
  expect(problemsOf(exampleRecipe('con_1', { description: 'a\u0000b' }))).toEqual([
    expect.stringMatching(/^description/),
  ])
  expect(problemsOf(exampleRecipe('con_1', { description: '\ud800' }))).toEqual([expect.stringMatching(/^description/)])
})

test.each([[null], [[]], ['text'], [1], [undefined]])('refuses %j', (json) => {
  expect(problemsOf(json)).toHaveLength(1)
})

test('the published schema names its parts and lets defaults be left out', () => {
  const schema = recipeJsonSchema() as { required: string[]; $defs: Record<string, unknown> }
  expect(schema.required).toEqual(['name', 'trigger', 'steps'])
  expect(Object.keys(schema.$defs).sort()).toEqual(['Condition', 'JsonSchema', 'Mapping', 'Step', 'Steps'])
})

test.each(['line\nbreak', 'turned \u202e round', 'in\u200bvisible'])(
  'the name and the labels %j are refused',
  (odd) => {
    const field = { name: 'f', type: 'choice', label: odd, choices: [odd] }
    const choices = [{ label: odd, value: odd }]
    const problems = readRecipe({
      name: odd,
      trigger: { kind: 'form', title: odd, parameters: [field] },
      steps: [
        { kind: 'ask', name: 'a', text: odd, choices },
        { kind: 'ask', name: 'b', text: 'Which?', form: [field] },
      ],
    })
    expect('problems' in problems && problems.problems.map(({ path, code }) => `${path} ${code}`)).toEqual(
      [
        'name',
        'trigger.title',
        'trigger.parameters[0].label',
        'trigger.parameters[0].choices[0]',
        'steps[0].choices[0].label',
        'steps[1].form[0].label',
        'steps[1].form[0].choices[0]',
      ].map((path) => `${path} invalid_name`),
    )
  },
)
