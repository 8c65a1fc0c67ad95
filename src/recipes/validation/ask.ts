import { hasPerson } from '../has-person.ts'
import { below, type Problem } from '../problem.ts'
import type { RecipeDocument } from '../recipe.ts'
import { stepsInOrder } from '../steps.ts'
import { parameterProblems } from './trigger.ts'

/** Questions that nobody could be asked, or that cannot be answered. */
export function askProblems(document: RecipeDocument): Problem[] {
  const { kind } = document.trigger
  return stepsInOrder(document).flatMap(({ step, path }) => {
    if (step.kind !== 'ask') return []
    const nobody = `A ${kind} has no person who could be asked: take the step out, or choose another trigger.`
    const problems: Problem[] = !hasPerson(document.trigger)
      ? [{ path, code: 'ask_needs_person', message: nobody }]
      : []
    const values = step.choices?.map(({ value }) => value) ?? []
    if (new Set(values).size < values.length)
      problems.push({
        path: below(path, 'choices'),
        code: 'choices_alike',
        message: 'Give each choice a value of its own.',
      })
    return [...problems, ...parameterProblems(step.form ?? [], below(path, 'form'))]
  })
}
