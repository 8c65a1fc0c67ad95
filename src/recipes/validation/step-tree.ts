import { below, type Problem } from '../problem.ts'
import type { RecipeDocument } from '../recipe.ts'
import { stepsInOrder } from '../steps.ts'

const MAX_STEPS = 200
const MAX_WITHIN = 10

/** Too many steps, none, or nested too deep. */
export function limitProblems(document: RecipeDocument): Problem[] {
  const placed = stepsInOrder(document)
  if (placed.length === 0) return [{ path: 'steps', code: 'steps_missing', message: 'Add at least one step.' }]
  const problems: Problem[] = []
  if (placed.length > MAX_STEPS) {
    const message = `A recipe has at most ${MAX_STEPS} steps, those within others counted; this one has ${placed.length}.`
    problems.push({ path: 'steps', code: 'too_many_steps', message })
  }
  const tooDeep = placed.find(({ within }) => within.length > MAX_WITHIN)
  if (tooDeep) {
    const message = `A step may stand in at most ${MAX_WITHIN} others: move some of them to a function.`
    problems.push({ path: tooDeep.path, code: 'steps_too_deep', message })
  }
  return problems
}

/** A step's name is what pills and jobs know it by, so it is unique in the whole recipe, those within others included. */
export function stepNameProblems(document: RecipeDocument): Problem[] {
  const pathOf = new Map<string, string>()
  return stepsInOrder(document).flatMap(({ step, path }) => {
    const first = pathOf.get(step.name)
    pathOf.set(step.name, first ?? path)
    if (first === undefined) return []
    const message = `${first} has the name "${step.name}" already: give each step its own.`
    return [{ path: below(path, 'name'), code: 'step_name_taken', message }]
  })
}
