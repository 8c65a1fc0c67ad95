import { readRecipe } from '../parse-recipe.ts'
import type { Problem } from '../problem.ts'
import type { RecipeDocument } from '../recipe.ts'
import { actionInputProblems } from './action-input.ts'
import { askProblems } from './ask.ts'
import { callProblems } from './calls.ts'
import { connectionProblems } from './connections.ts'
import { pillProblems } from './pills.ts'
import type { RecipeFacts } from './recipe-facts.ts'
import { buttonProblems } from './reply.ts'
import { limitProblems, stepNameProblems } from './step-tree.ts'
import { triggerProblems } from './trigger.ts'

/**
 * Everything that keeps a document from being started, in the order of its parts; empty when it may be.
 * Takes any value: problems of shape come alone, because the rest cannot be judged with them, and so do exceeded limits.
 */
export function validateRecipe(json: unknown, facts: RecipeFacts): Problem[] {
  const read = readRecipe(json)
  if ('problems' in read) return read.problems
  const limits = limitProblems(read.document)
  if (limits.length > 0) return limits
  return checks.flatMap((check) => check(read.document, facts))
}

const checks: ((document: RecipeDocument, facts: RecipeFacts) => Problem[])[] = [
  triggerProblems,
  connectionProblems,
  stepNameProblems,
  callProblems,
  askProblems,
  buttonProblems,
  actionInputProblems,
  pillProblems,
]
