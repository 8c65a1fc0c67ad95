import { below } from './problem.ts'
import type { RecipeDocument, Step } from './recipe.ts'

/** A step with its place in the recipe. */
export interface PlacedStep {
  step: Step
  /** `steps[2].else[0]` */
  path: string
  /** Counts all steps in the order they are written, from 0. */
  position: number
  /** How many ifs it stands in. */
  depth: number
}

/** Every step of a recipe, also those in the branches of ifs, in the order they are written. */
export function stepsInOrder(document: Pick<RecipeDocument, 'steps'>): PlacedStep[] {
  const placed: PlacedStep[] = []
  const place = (steps: readonly Step[], path: string, depth: number) => {
    for (const [index, step] of steps.entries()) {
      const at = below(path, index)
      placed.push({ step, path: at, position: placed.length, depth })
      if (step.kind === 'if') for (const branch of branchesOf(step, at)) place(branch.steps, branch.path, depth + 1)
    }
  }
  place(document.steps, 'steps', 0)
  return placed
}

/** The branches of an if in the order they are tried, the last being `else`, each with the path of its steps. */
export function branchesOf(
  step: Extract<Step, { kind: 'if' }>,
  path: string,
): { steps: readonly Step[]; path: string }[] {
  return [
    { steps: step.steps, path: `${path}.steps` },
    ...step.else_if.map((branch, index) => ({ steps: branch.steps, path: `${path}.else_if[${index}].steps` })),
    { steps: step.else, path: `${path}.else` },
  ]
}
