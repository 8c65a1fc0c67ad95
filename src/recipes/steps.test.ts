import { expect, test } from 'vitest'
import { exampleRecipe } from '../../test/support/recipe-fixtures.ts'
import { connectionsUsed } from './connections-used.ts'
import { parseRecipe } from './parse-recipe.ts'
import { stepsInOrder } from './steps.ts'

const yes = { all: [{ left: 1, is: 'equal_to', right: 1 }] }
const action = (name: string, connection: string, does = 'create_record') => ({
  kind: 'action',
  name,
  connection,
  action: does,
})

const branching = parseRecipe(
  exampleRecipe(null, {
    connections: {
      crm: { connector: 'crm', connection_id: 'con_1', personal: true },
      tracker: { connector: 'tracker', connection_id: 'con_2' },
      idle: { connector: 'mailer' },
    },
    steps: [
      action('a', 'crm'),
      {
        kind: 'if',
        name: 'b',
        condition: yes,
        steps: [action('c', 'tracker')],
        else_if: [{ condition: yes, steps: [{ kind: 'if', name: 'd', condition: yes, steps: [action('e', 'crm')] }] }],
        else: [action('f', 'crm', 'find_records')],
      },
      action('g', 'crm'),
      action('h', 'nothing'),
    ],
  }),
)

test('lists every step with its path, in the order written', () => {
  expect(
    stepsInOrder(branching).map(({ step, path, position, within }) => [position, step.name, path, within.length]),
  ).toEqual([
    [0, 'a', 'steps[0]', 0],
    [1, 'b', 'steps[1]', 0],
    [2, 'c', 'steps[1].steps[0]', 1],
    [3, 'd', 'steps[1].else_if[0].steps[0]', 1],
    [4, 'e', 'steps[1].else_if[0].steps[0].steps[0]', 2],
    [5, 'f', 'steps[1].else[0]', 1],
    [6, 'g', 'steps[2]', 0],
    [7, 'h', 'steps[3]', 0],
  ])
})

test('lists the connections that steps use, also behind ifs, with each action once', () => {
  expect(connectionsUsed(branching)).toEqual([
    {
      alias: 'crm',
      connector: 'crm',
      connectionId: 'con_1',
      personal: true,
      actions: [
        { connector: 'crm', action: 'create_record' },
        { connector: 'crm', action: 'find_records' },
      ],
    },
    {
      alias: 'tracker',
      connector: 'tracker',
      connectionId: 'con_2',
      personal: false,
      actions: [{ connector: 'tracker', action: 'create_record' }],
    },
  ])
})
