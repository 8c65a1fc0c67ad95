import { z } from 'zod'
import { nameProblems } from './name-problems.ts'
import { findJsonProblem } from './plain-json.ts'
import { type Problem, recipeInvalid } from './problem.ts'
import { RecipeDocument } from './recipe.ts'
import { schemaProblems } from './schema-problems.ts'

/**
 * A value from outside as a recipe document, defaults filled in. Throws `recipe_invalid` with every problem of shape and its path.
 * A document that passes may still be incomplete (no connection chosen, an unknown action): `validateRecipe` tells.
 */
export function parseRecipe(json: unknown): RecipeDocument {
  const result = readRecipe(json)
  if ('problems' in result) throw recipeInvalid(result.problems)
  return result.document
}

/** As `parseRecipe`, with the problems as a value. */
export function readRecipe(json: unknown): { document: RecipeDocument } | { problems: Problem[] } {
  const unfit = findJsonProblem(json)
  if (unfit !== undefined) return { problems: [unfit] }
  const result = RecipeDocument.safeParse(json)
  if (!result.success) return { problems: schemaProblems(result.error.issues, 'recipe_malformed') }
  const names = nameProblems(result.data)
  return names.length > 0 ? { problems: names } : { document: result.data }
}

/** The published JSON Schema (draft 2020-12) of a recipe as it is written; parts that have a default may be left out. */
export function recipeJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(RecipeDocument, { io: 'input' })
}
