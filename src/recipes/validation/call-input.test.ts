import { expect, test } from 'vitest'
import type { RecipeId } from '#core/ids.ts'
import { parseRecipe } from '../parse-recipe.ts'
import type { RecipeFacts } from './recipe-facts.ts'
import { validateRecipe } from './validate-recipe.ts'

const schema = {
  type: 'object',
  properties: { count: { $ref: '#/$defs/count' }, place: { type: 'object', properties: { zip: { type: 'string' } } } },
  $defs: { count: { type: 'integer', minimum: 1 } },
}
const called = parseRecipe({
  name: 'Sum',
  trigger: { kind: 'function', input: schema },
  steps: [{ kind: 'reply', name: 'a', text: 'A' }],
})
const id = 'rcp_2' as RecipeId
const facts: RecipeFacts = {
  recipeId: 'rcp_1',
  functions: new Map([[id, { id, name: 'Sum', version: 1, document: called, isStarted: true }]]),
  overrides: new Map(),
  projectId: 'prj_1',
  environment: 'PROD',
  connectors: new Map(),
  parents: new Map(),
  takenCommands: new Set(),
  commands: new Map(),
  expressions: new Map(),
}
const calling = (input: object, more: object = {}, text = 'Done.') => {
  const call = { kind: 'call', name: 'go', recipe_id: id, input, ...more }
  const trigger = { kind: 'api', parameters: [{ name: 'n', type: 'number' }] }
  return validateRecipe({ name: 'Main', trigger, steps: [call, { kind: 'reply', name: 'say', text }] }, facts)
}

test('a constant of a wrong type for a function is found at the start, and what only a job knows is not judged', () => {
  expect(calling({ count: 2, place: { zip: '{{ trigger.n }}' } })).toEqual([])
  expect(calling({ count: '{{ trigger.n }}' })).toEqual([])
  expect(calling({ count: 'two', place: { zip: 8001 } })).toEqual([
    {
      path: 'steps[0].input.count',
      code: 'function_input_invalid',
      message: '“Sum” takes another input: count must be integer.',
    },
    {
      path: 'steps[0].input.place.zip',
      code: 'function_input_invalid',
      message: '“Sum” takes another input: place.zip must be string.',
    },
  ])
})

test('what a pattern of the function’s schema takes is taken', () => {
  const patterned = { ...called, trigger: { ...called.trigger, input: { ...patterns, additionalProperties: false } } }
  const part = { id, name: 'Sum', version: 1, document: patterned as typeof called, isStarted: true }
  const steps = [{ kind: 'call', name: 'go', recipe_id: id, input: { x_a: 1 } }]
  const json = { name: 'Main', trigger: { kind: 'api' }, steps }
  expect(validateRecipe(json, { ...facts, functions: new Map([[id, part]]) })).toEqual([])
})
const patterns = { type: 'object', patternProperties: { '^x_': {} } }

test('of a call that is not waited for there is its job_id, and nothing else', () => {
  expect(calling({}, { wait: false }, '{{ steps.go.job_id }}')).toEqual([])
  expect(calling({}, { wait: false }, '{{ steps.go.total }}').map(({ code }) => code)).toEqual(['pill_unknown'])
  expect(calling({}, {}, '{{ steps.go.total }}')).toEqual([])
})

test('a pill that is not closed is quoted as it is written', () => {
  const [problem] = calling({}, {}, 'It is {{ trigger.n')
  expect(problem?.message).toBe('{{ trigger.n: close it with }}.')
})

test('without a person nothing is called that asks one, or says who they are without a “?”, in any depth', () => {
  const document = (steps: object[]) => parseRecipe({ name: 'F', trigger: { kind: 'function' }, steps })
  const inner = document([
    { kind: 'reply', name: 'a', text: 'For {{ person.name }} and {{ person.email? }}, {{ person }}' },
    { kind: 'ask', name: 'b', text: 'Sure?', choices: [{ label: 'Yes', value: 'yes' }] },
  ])
  const outer = document([{ kind: 'call', name: 'c', recipe_id: 'rcp_3', input: {} }])
  const part = (of: string, name: string, what: typeof inner) =>
    [of as RecipeId, { id: of as RecipeId, name, version: 1, document: what, isStarted: true }] as const
  const functions = new Map([part('rcp_2', 'Outer', outer), part('rcp_3', 'Inner', inner)])
  const steps = [{ kind: 'call', name: 'go', recipe_id: id, input: {} }]
  const problemsOf = (trigger: object) => validateRecipe({ name: 'Main', trigger, steps }, { ...facts, functions })
  expect(problemsOf({ kind: 'schedule', cron: '0 9 * * *', time_zone: 'Europe/Zurich' })).toEqual([
    {
      path: 'steps[0].recipe_id',
      code: 'pill_may_be_absent',
      message: '“Inner” says {{ person.name }}, and here nobody runs it: write {{ person.name? }} there.',
    },
    {
      path: 'steps[0].recipe_id',
      code: 'ask_needs_person',
      message: '“Inner” asks the person who runs it, and here nobody does.',
    },
  ])
  expect(problemsOf({ kind: 'api' })).toEqual([])
})
