import { expect, test } from 'vitest'
import { z } from 'zod'
import { exampleRecipe, imaginaryConnectors, personalRecipe } from '../../../test/support/recipe-fixtures.ts'
import { readRecipe } from '../parse-recipe.ts'
import type { RecipeDocument } from '../recipe.ts'
import { actionInputProblems } from './action-input.ts'
import type { ParentFacts, RecipeFacts } from './recipe-facts.ts'
import { validateRecipe } from './validate-recipe.ts'

const parent: ParentFacts = {
  id: 'con_1',
  name: 'Acme CRM',
  connector: 'crm',
  projectId: 'prj_1',
  environment: 'PROD',
  status: 'success',
  deleted: false,
  personal: 'possible',
}

const factsWith = (change: Partial<ParentFacts> = {}, taken: string[] = []): RecipeFacts => ({
  recipeId: 'rcp_1',
  functions: new Map(),
  overrides: new Map(),
  projectId: 'prj_1',
  environment: 'PROD',
  connectors: imaginaryConnectors,
  parents: new Map([['con_1', { ...parent, ...change }]]),
  takenCommands: new Set(taken),
  commands: new Map(),
  expressions: new Map(),
})

/** Each problem as `path code`. */
const problemsOf = (json: unknown, facts = factsWith()) =>
  validateRecipe(json, facts).map(({ path, code }) => `${path} ${code}`)

const create = (name: string, rest: Record<string, unknown> = {}) => ({
  kind: 'action',
  name,
  connection: 'crm',
  action: 'create_record',
  input: { object: 'Account', fields: {} },
  ...rest,
})
const reply = (text: string, name = 'say') => ({ kind: 'reply', name, text })
const stop = (name: string) => ({ kind: 'stop', name, outcome: 'succeeded' })
const yes = { all: [{ left: 1, is: 'equal_to', right: 1 }] }
const when = (name: string, steps: unknown[], rest: Record<string, unknown> = {}) => ({
  kind: 'if',
  name,
  condition: yes,
  steps,
  ...rest,
})
const withSteps = (...steps: unknown[]) => exampleRecipe('con_1', { steps })
const withInput = (input: unknown) => withSteps(create('create', { input }))

test('finds nothing wrong with a recipe that is right, switch off or on', () => {
  expect(problemsOf(exampleRecipe('con_1'))).toEqual([])
  expect(problemsOf(personalRecipe('con_1'))).toEqual([])
})

test('gives problems of shape alone', () => {
  expect(problemsOf({ ...exampleRecipe(null), color: 'red' })).toEqual(['color recipe_malformed'])
})

test('says each problem to a person', () => {
  for (const { message } of validateRecipe(exampleRecipe(null), factsWith())) expect(message).toMatch(/^[A-Z].*\.$/)
})

// The trigger

test('refuses a command that is taken or the chat’s own', () => {
  expect(problemsOf(exampleRecipe('con_1'), factsWith({}, ['create opportunity']))).toEqual([
    'trigger.command command_taken',
  ])
  const trigger = { kind: 'command', command: 'connections' }
  expect(problemsOf(exampleRecipe('con_1', { trigger, steps: [reply('hello')] }))).toEqual([
    'trigger.command command_reserved',
  ])
})

test('refuses parameters that cannot be asked for', () => {
  const parameters = [
    { name: 'a', type: 'choice' },
    { name: 'a', type: 'text', choices: ['x'] },
    { name: 'b', type: 'choice', choices: ['x', 'x'] },
  ]
  expect(problemsOf(exampleRecipe('con_1', { trigger: { kind: 'api', parameters }, steps: [reply('hi')] }))).toEqual([
    'trigger.parameters[0].choices parameter_choices',
    'trigger.parameters[1].name parameter_name_taken',
    'trigger.parameters[1].choices parameter_choices',
    'trigger.parameters[2].choices parameter_choices',
  ])
})

test('refuses choices of a question that have the same label or the same value', () => {
  const asking = (...choices: object[]) => withSteps({ kind: 'ask', name: 'sure', text: 'Which?', choices })
  const [yes, no] = [
    { label: 'Yes', value: 'yes' },
    { label: 'No', value: 'no' },
  ]
  expect(problemsOf(asking(yes, no))).toEqual([])
  expect(problemsOf(asking(yes, { ...no, label: 'Yes ' }))).toEqual(['steps[0].choices choices_alike'])
  expect(problemsOf(asking(yes, { ...no, value: 'yes' }))).toEqual(['steps[0].choices choices_alike'])
})

// Connections

test.each<[string, string | null, Partial<ParentFacts>, string]>([
  ['not chosen', null, {}, 'connection_not_chosen'],
  ['unknown, a child or another workspace’s', 'con_2', {}, 'connection_missing'],
  ['deleted', 'con_1', { deleted: true }, 'connection_deleted'],
  ['of another application', 'con_1', { connector: 'tracker' }, 'connection_of_another_application'],
  ['of another project', 'con_1', { projectId: 'prj_2' }, 'connection_of_another_project'],
  ['of another environment', 'con_1', { environment: 'DEV' }, 'connection_of_another_environment'],
  ['never connected', 'con_1', { status: null }, 'connection_not_connected'],
  ['not connected any more', 'con_1', { status: 'failed' }, 'connection_not_connected'],
])('refuses a connection that is %s', (_, id, change, code) => {
  expect(problemsOf(exampleRecipe(id), factsWith(change))).toEqual([`connections.crm.connection_id ${code}`])
})

test('with the switch on the parent’s own account need not be connected, but all else holds', () => {
  expect(problemsOf(personalRecipe('con_1'), factsWith({ status: null }))).toEqual([])
  expect(problemsOf(personalRecipe('con_1'), factsWith({ deleted: true }))).toEqual([
    'connections.crm.connection_id connection_deleted',
  ])
})

test('refuses a connector, a connection or an action that is not there', () => {
  const json = exampleRecipe('con_1', {
    connections: {
      crm: { connector: 'crm', connection_id: 'con_1' },
      fax: { connector: 'fax', connection_id: 'con_9' },
    },
    steps: [create('a', { action: 'dance' }), create('b', { connection: 'fax' }), create('c', { connection: 'none' })],
  })
  expect(problemsOf(json)).toEqual([
    'connections.fax.connector connector_unknown',
    'steps[0].action action_unknown',
    'steps[2].connection connection_unknown',
  ])
})

test('leaves an unfinished connection alone that no step uses', () => {
  const connections = { crm: { connector: 'crm', connection_id: 'con_1' }, later: { connector: 'tracker' } }
  expect(problemsOf(exampleRecipe('con_1', { connections }))).toEqual([])
})

test('a webhook has no person: the switch is refused, on a connection that no step uses too', () => {
  const trigger = { kind: 'webhook' }
  const steps = [create('create')]
  expect(problemsOf(personalRecipe('con_1', { trigger, steps }))).toEqual([
    'connections.crm.personal switch_needs_person',
  ])
  const connections = {
    crm: { connector: 'crm', connection_id: 'con_1' },
    idle: { connector: 'tracker', personal: true },
  }
  expect(problemsOf(exampleRecipe('con_1', { trigger, steps, connections }))).toEqual([
    'connections.idle.personal switch_needs_person',
  ])
})

test('refuses the switch where nobody can have a connection of their own', () => {
  const connections = {
    crm: { connector: 'crm', connection_id: 'con_1', personal: true },
    mail: { connector: 'mailer', personal: true },
  }
  expect(problemsOf(exampleRecipe('con_1', { connections }), factsWith({ personal: 'impossible' }))).toEqual([
    'connections.crm.personal switch_not_possible',
    'connections.mail.personal switch_not_possible',
  ])
})

// Steps

test('refuses a recipe without steps', () => {
  expect(problemsOf(withSteps())).toEqual(['steps steps_missing'])
})

test('refuses a step’s name that another has, in whatever branch', () => {
  expect(problemsOf(withSteps(when('check', [reply('a', 'one')], { else: [reply('b', 'one')] })))).toEqual([
    'steps[0].else[0].name step_name_taken',
  ])
})

test('refuses more than 200 steps in all, and one in more than ten others', () => {
  const replies = (from: number) => Array.from({ length: 100 }, (_, index) => reply('x', `r${from + index}`))
  expect(problemsOf(withSteps(...replies(0), ...replies(100)))).toEqual([])
  expect(problemsOf(withSteps(...replies(0), when('one', replies(100))))).toEqual(['steps too_many_steps'])
  const nested = (depth: number): unknown => when(`if${depth}`, depth === 1 ? [reply('x')] : [nested(depth - 1)])
  expect(problemsOf(withSteps(nested(10)))).toEqual([])
  expect(problemsOf(withSteps(nested(11)))).toEqual([`steps[0]${'.steps[0]'.repeat(11)} steps_too_deep`])
})

test('names the first step that can never be reached', () => {
  expect(problemsOf(withSteps(stop('end'), reply('a'), reply('b', 'more')))).toEqual(['steps[1] step_unreachable'])
  const both = when('check', [stop('x')], { else: [reply('bye'), stop('y')] })
  expect(problemsOf(withSteps(both, reply('a', 'after')))).toEqual(['steps[1] step_unreachable'])
  expect(problemsOf(withSteps(when('check', [stop('x')]), reply('a')))).toEqual([])
})

// Inputs

test('checks literals against the action’s schema, wherever they stand', () => {
  expect(problemsOf(withInput({ object: 'Car', fields: {}, priority: 'high', tags: ['fine', 'too long'] }))).toEqual([
    'steps[0].input.object input_refused',
    'steps[0].input.priority input_refused',
    'steps[0].input.tags[1] input_refused',
  ])
})

test('names what the action needs and is not given', () => {
  expect(problemsOf(withInput({ object: 'Account' }))).toEqual(['steps[0].input.fields input_missing'])
})

test('accepts a pill for any value, and text with a pill in it where text fits', () => {
  const input = {
    object: '{{ trigger.name }}',
    fields: '{{ trigger.name }}',
    priority: '{{ trigger.amount? }}',
    tags: ['n{{ trigger.name }}'],
  }
  expect(problemsOf(withInput(input))).toEqual([])
})

test('text with a pill in it is no number and no object', () => {
  const input = { object: 'A{{ trigger.name }}', fields: 'x{{ trigger.name }}', priority: '1{{ trigger.name }}' }
  expect(problemsOf(withInput(input))).toEqual([
    'steps[0].input.fields input_refused',
    'steps[0].input.priority input_refused',
  ])
})

test('a literal is judged as it will be, four braces being two', () => {
  expect(problemsOf(withInput({ object: 'Account', fields: {}, tags: ['{{{{abc'] }))).toEqual([])
  expect(problemsOf(withInput({ object: 'Account', fields: {}, tags: ['{{{{abcd'] }))).toEqual([
    'steps[0].input.tags[0] input_refused',
  ])
})

// Pills

test('accepts every pill that a job will have', () => {
  const text = [
    '{{ trigger.name }} {{ trigger.amount? }} {{ trigger }} {{ person.name }} {{ person.email }} {{ job.id }}',
    '{{ steps.create.id }} {{ steps.create.record.Any.Thing[0] }} {{ job.recipe }} {{ job.created_at }}',
  ].join('')
  expect(problemsOf(withSteps(create('create'), reply(text)))).toEqual([])
})

test.each([
  ['{{ trigger.colour }}', 'pill_unknown'],
  ['{{ trigger.colour? }}', 'pill_unknown'],
  ['{{ trigger.name.first }}', 'pill_unknown'],
  ['{{ trigger.amount }}', 'pill_may_be_absent'],
  ['{{ person.salary }}', 'pill_unknown'],
  ['{{ job.secret }}', 'pill_unknown'],
  ['{{ steps.nobody.id }}', 'pill_unknown'],
  ['{{ steps.create.ID }}', 'pill_unknown'],
  ['{{ steps.create.id.deeper }}', 'pill_unknown'],
  ['{{ steps.find.records.id }}', 'pill_unknown'],
  ['{{ steps.find.records[0].id }} {{ steps.find.records[0].whatever }}', undefined],
  ['{{ steps.say }}', 'pill_unknown'],
  ['{{ steps.later.id }}', 'pill_too_early'],
  ['{{ steps.later.id? }}', 'pill_too_early'],
  ['{{ nonsense }}', 'mapping_broken'],
])('in a reply %s is %s', (text, code) => {
  const find = create('find', { action: 'find_records', input: { query: 'x' } })
  const json = withSteps(create('create'), find, reply(text), create('later'))
  expect(problemsOf(json)).toEqual(code === undefined ? [] : [`steps[2].text ${code}`])
})

test('finds pills wherever they may stand', () => {
  const bad = '{{ trigger.colour }}'
  const conditions = { any: [{ left: bad, is: 'equal_to', right: [bad] }] }
  const json = withSteps(
    create('create', { input: { object: 'Account', fields: { a: [{ 'b c': bad }] } } }),
    { ...reply(bad), fields: [{ name: 'x', value: bad }], output: { y: bad } },
    when('check', [], {
      condition: conditions,
      else_if: [{ condition: conditions, steps: [{ ...stop('end'), message: bad }] }],
    }),
  )
  expect(problemsOf(json).map((problem) => problem.split(' pill_unknown')[0])).toEqual([
    'steps[0].input.fields.a[0]["b c"]',
    'steps[1].text',
    'steps[1].fields[0].value',
    'steps[1].output.y',
    'steps[2].condition.any[0].left',
    'steps[2].condition.any[0].right[0]',
    'steps[2].else_if[0].condition.any[0].left',
    'steps[2].else_if[0].condition.any[0].right[0]',
    'steps[2].else_if[0].steps[0].message',
  ])
})

test('what ran in one branch only may be absent afterwards, and never ran in the others', () => {
  const check = when('check', [create('a')], { else: [reply('{{ steps.a.id? }}', 'other')] })
  expect(problemsOf(withSteps(check, reply('{{ steps.a.id? }}')))).toEqual(['steps[0].else[0].text pill_too_early'])
  expect(problemsOf(withSteps(when('check', [create('a')]), reply('{{ steps.a.id }}')))).toEqual([
    'steps[1].text pill_may_be_absent',
  ])
})

test('what ran in every branch that goes on is certain', () => {
  const check = when('check', [create('a'), stop('end')], { else: [create('b')] })
  expect(problemsOf(withSteps(check, reply('{{ steps.b.id }}')))).toEqual([])
  expect(problemsOf(withSteps(check, reply('{{ steps.a.id? }}')))).toEqual(['steps[1].text pill_too_early'])
})

test('asking whether something is there needs no question mark, comparing it does', () => {
  const asking = (is: string, right?: unknown) =>
    withSteps(when('check', [], { condition: { all: [{ left: '{{ trigger.amount }}', is, right }] } }))
  expect(problemsOf(asking('present'))).toEqual([])
  expect(problemsOf(asking('greater_than', 5))).toEqual(['steps[0].condition.all[0].left pill_may_be_absent'])
  expect(problemsOf(asking('equal_to'))).toContain('steps[0].condition.all[0].right condition_incomplete')
})

test('a webhook may send anything, but no person', () => {
  const json = exampleRecipe('con_1', {
    trigger: { kind: 'webhook' },
    steps: [reply('{{ trigger.body.a[0]["b"] }} {{ trigger.headers["x-y"] }} {{ person.name? }}')],
  })
  expect(problemsOf(json)).toEqual(['steps[0].text pill_unknown'])
})

test('of a question there is what it asks for, and what need not be answered may be absent', () => {
  const asking = (more: object) => ({ kind: 'ask', name: 'sure', text: '?', ...more })
  const choices = [{ label: 'Yes', value: 'yes' }]
  const form = [
    { name: 'amount', type: 'number' },
    { name: 'note', type: 'text', required: false },
  ]
  const judged = (question: object, ...pills: string[]) =>
    pills.map((pill) => problemsOf(withSteps(asking(question), reply(`{{ steps.sure.${pill} }}`)))[0] ?? 'fine')
  const [unknown, absent] = ['steps[1].text pill_unknown', 'steps[1].text pill_may_be_absent']
  expect(judged({ choices }, 'choice', 'answered', 'values', 'values.amount')).toEqual([
    'fine',
    'fine',
    unknown,
    unknown,
  ])
  expect(judged({ form }, 'values.amount', 'values.note', 'values.note?', 'values.other', 'choice')).toEqual([
    'fine',
    absent,
    'fine',
    unknown,
    unknown,
  ])
  const goesOn = { choices, on_timeout: 'go_on' }
  expect(judged(goesOn, 'choice', 'choice?', 'answered')).toEqual([absent, 'fine', 'fine'])
})

test('as many wrong values and pills as a recipe can hold are judged in no time', () => {
  const [action] = imaginaryConnectors.get('crm')?.actions ?? []
  const input = z.object({ object: z.string(), fields: z.record(z.string(), z.string()) })
  const crm = { ...imaginaryConnectors.get('crm'), actions: [{ ...action, name: 'create_record', input }] }
  const connectors = new Map([['crm', crm]]) as unknown as RecipeFacts['connectors']
  const fields = Object.fromEntries(
    Array.from({ length: 60_000 }, (_, index) => [`f${index}`, index % 3 ? 1 : '{{trigger.a}}']),
  )
  const { document } = readRecipe(withInput({ object: 'Account', fields })) as { document: RecipeDocument }
  const start = performance.now()
  expect(actionInputProblems(document, { ...factsWith(), connectors })).toHaveLength(100)
  // Milliseconds against half a minute.
  expect(performance.now() - start).toBeLessThan(5_000)
})
