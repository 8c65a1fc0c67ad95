import type { RecipeId } from '../../src/core/ids.ts'

type Steps = object[]

/** A place in a recipe where actions may stand. */
export interface Place {
  place: string
  /** The recipe's steps with these in that place; `addFunction` makes a function of some. */
  wrap(steps: Steps, addFunction: (steps: Steps) => Promise<RecipeId>): Steps | Promise<Steps>
  /** What stands there runs as a job of its own. */
  apart?: true
  /** A question comes first. */
  asks?: true
}

const reply = (name: string) => ({ kind: 'reply', name, text: 'Said.' })
const holds = { all: [{ left: 1, is: 'equal_to', right: 1 }] }
const fails = { all: [{ left: 1, is: 'equal_to', right: 2 }] }
const loop = (steps: Steps) => ({ kind: 'for_each', name: 'each', items: [1], steps })
/** Fails, and needs no connection. */
const wrong = { ...loop([reply('never')]), name: 'wrong', items: 'no list' }
const call = (recipe_id: RecipeId, more: object = {}) => ({ kind: 'call', name: 'go', recipe_id, ...more })

/** Every kind of step that holds others, every way to a function, and every mark of an action. */
export const PLACES: Place[] = [
  { place: 'at top level', wrap: (steps) => steps },
  { place: 'after a reply', wrap: (steps) => [reply('before'), ...steps] },
  {
    place: 'after a question',
    asks: true,
    wrap: (steps) => [{ kind: 'ask', name: 'sure', text: '?', choices: [{ label: 'Yes', value: 'yes' }] }, ...steps],
  },
  { place: 'in an if', wrap: (steps) => [{ kind: 'if', name: 'choice', condition: holds, steps }] },
  {
    place: 'in an else if',
    wrap: (steps) => [
      {
        kind: 'if',
        name: 'choice',
        condition: fails,
        steps: [reply('no')],
        else_if: [{ condition: holds, steps }],
      },
    ],
  },
  {
    place: 'in an else',
    wrap: (steps) => [{ kind: 'if', name: 'choice', condition: fails, steps: [reply('no')], else: steps }],
  },
  { place: 'in a for each', wrap: (steps) => [loop(steps)] },
  { place: 'in a repeat', wrap: (steps) => [{ kind: 'repeat', name: 'again', while: fails, steps }] },
  {
    place: 'in a try',
    wrap: (steps) => [{ kind: 'handle_errors', name: 'attempt', steps, on_error: [reply('failed')] }],
  },
  {
    place: 'in an error block',
    wrap: (steps) => [{ kind: 'handle_errors', name: 'attempt', steps: [wrong], on_error: steps }],
  },
  { place: 'in a function', wrap: async (steps, add) => [call(await add(steps))] },
  { place: 'in a function of a function', wrap: async (steps, add) => [call(await add([call(await add(steps))]))] },
  { place: 'in a function in a loop', wrap: async (steps, add) => [loop([call(await add(steps))])] },
  { place: 'in a loop in a function', wrap: async (steps, add) => [call(await add([loop(steps)]))] },
  {
    place: 'in a function that is not waited for',
    apart: true,
    wrap: async (steps, add) => [call(await add(steps), { wait: false })],
  },
  { place: 'in masked steps', wrap: (steps) => steps.map((step) => ({ ...step, masked: true })) },
  {
    place: 'in steps that ask when they are reached',
    wrap: (steps) => steps.map((step) => ({ ...step, ask_when_reached: true })),
  },
]
