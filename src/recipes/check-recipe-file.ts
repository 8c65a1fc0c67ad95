import { readRecipeFile } from './exported-recipe.ts'
import { readRecipe } from './parse-recipe.ts'
import type { Problem } from './problem.ts'
import { resolveReferences } from './resolve-references.ts'
import { limitProblems, stepNameProblems } from './validation/step-tree.ts'

/** What is wrong with a recipe's file by itself, wherever it is to be imported. */
export function checkRecipeFile(json: unknown): Problem[] {
  const read = readRecipeFile(json)
  if ('problems' in read) return read.problems
  const recipe = readRecipe(resolveReferences(read.file.recipe, { connections: [], functions: [] }))
  if ('problems' in recipe) return recipe.problems.map(({ path, ...rest }) => ({ path: `recipe.${path}`, ...rest }))
  const limits = limitProblems(recipe.document)
  return limits.length > 0 ? limits : stepNameProblems(recipe.document)
}
