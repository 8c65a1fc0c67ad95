import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { createRecipe, type NewRecipe } from './create-recipe.ts'
import { readRecipeFile } from './exported-recipe.ts'
import { recipeInvalid } from './problem.ts'
import { loadCandidates, resolveReferences } from './resolve-references.ts'
import type { RecipeWithDocument } from './stored-recipe.ts'

/**
 * Makes a stopped recipe from a file; its connections and functions are found by name as `resolveReferences` says. Ids in a file are
 * refused, switches are subject to `approve`. Throws `recipe_invalid` for a file that is none of ours, and as `createRecipe`.
 */
export async function importRecipe(
  db: Db,
  { file: json, ...recipe }: NewRecipe & { file: unknown },
): Promise<RecipeWithDocument> {
  const read = readRecipeFile(json)
  if ('problems' in read) throw recipeInvalid(read.problems)
  return inTransaction(db, async (tx) => {
    const candidates = await loadCandidates(tx, recipe, [read.file.recipe])
    return createRecipe(tx, { ...recipe, document: resolveReferences(read.file.recipe, candidates) })
  })
}
