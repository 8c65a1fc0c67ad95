import { showsPlainly } from '#core/shows-plainly.ts'
import { below, type Problem } from './problem.ts'
import type { RecipeDocument } from './recipe.ts'
import type { Parameter } from './step.ts'
import { stepsInOrder } from './steps.ts'

/** Names and labels that people are shown, and that could pretend to be another: on the connect page, on buttons and in forms. */
export function nameProblems(document: RecipeDocument): Problem[] {
  const { trigger } = document
  const shown: [path: string, text: string | undefined][] = [
    ['name', document.name],
    ...(trigger.kind === 'form' ? [['trigger.title', trigger.title] satisfies [string, string]] : []),
    ...('parameters' in trigger ? shownOf(trigger.parameters, 'trigger.parameters') : []),
    ...stepsInOrder(document).flatMap(({ step, path }) =>
      step.kind === 'ask' ? [...choicesOf(step.choices, path), ...shownOf(step.form, below(path, 'form'))] : [],
    ),
  ]
  return shown
    .filter(([, text]) => text !== undefined && !showsPlainly(text))
    .map(([path]) => ({ path, code: 'invalid_name', message: MESSAGE }))
}

const MESSAGE = 'holds a line break, or a character that is invisible or turns the direction of writing: take it out'

function choicesOf(choices: readonly { label: string }[] = [], path: string): [string, string][] {
  return choices.map(({ label }, index) => [`${path}.choices[${index}].label`, label])
}

function shownOf(parameters: readonly Parameter[] = [], at: string): [string, string | undefined][] {
  return parameters.flatMap(({ label, choices = [] }, index) => [
    [`${at}[${index}].label`, label] as [string, string | undefined],
    ...choices.map((choice, each): [string, string] => [`${at}[${index}].choices[${each}]`, choice]),
  ])
}
