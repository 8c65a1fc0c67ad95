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
    for (const part of ['label', 'value'] as const) {
      const words = step.choices?.map((choice) => choice[part].trim()) ?? []
      const message = `Give each choice a ${part} of its own.`
      if (new Set(words).size < words.length)
        problems.push({ path: below(path, 'choices'), code: 'choices_alike', message })
    }
    return [...problems, ...parameterProblems(step.form ?? [], below(path, 'form'))]
  })
}
