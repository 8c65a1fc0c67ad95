import { below } from './problem.ts'
import type { RecipeDocument } from './recipe.ts'
import type { Step } from './step.ts'

/** A step with its place in the recipe. */
export interface PlacedStep {
  step: Step
  /** `steps[2].else[0]` */
  path: string
  /** Counts all steps in the order they are written, from 0. */
  position: number
  /** The steps it stands in, the outermost first. */
  within: readonly Step[]
}

/** Where each step of a recipe stands, by its name; worked out once for a document that is kept. */
export function pathsOf(document: RecipeDocument): ReadonlyMap<string, string> {
  const known = paths.get(document)
  if (known) return known
  const found = new Map(stepsInOrder(document).map(({ step, path }) => [step.name, path]))
  paths.set(document, found)
  return found
}
const paths = new WeakMap<RecipeDocument, ReadonlyMap<string, string>>()

/** Every step of a recipe, also those within other steps, in the order they are written. */
export function stepsInOrder(document: Pick<RecipeDocument, 'steps'>): PlacedStep[] {
  const placed: PlacedStep[] = []
  const place = (steps: readonly Step[], path: string, within: readonly Step[]) => {
    for (const [index, step] of steps.entries()) {
      const at = below(path, index)
      placed.push({ step, path: at, position: placed.length, within })
      for (const body of bodiesOf(step, at)) place(body.steps, body.path, [...within, step])
    }
  }
  place(document.steps, 'steps', [])
  return placed
}

/** The lists of steps that stand in a step, each with its path, in the order they are written; none for most steps. */
export function bodiesOf(step: Step, path: string): { steps: readonly Step[]; path: string }[] {
  switch (step.kind) {
    case 'if':
      return [
        { steps: step.steps, path: `${path}.steps` },
        ...step.else_if.map((branch, index) => ({ steps: branch.steps, path: `${path}.else_if[${index}].steps` })),
        { steps: step.else, path: `${path}.else` },
      ]
    case 'for_each':
    case 'repeat':
      return [{ steps: step.steps, path: `${path}.steps` }]
    case 'handle_errors':
      return [
        { steps: step.steps, path: `${path}.steps` },
        { steps: step.on_error, path: `${path}.on_error` },
      ]
    default:
      return []
  }
}
