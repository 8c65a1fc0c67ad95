import type { RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { loadRecipeFacts, type StartDependencies } from './load-recipe-facts.ts'
import type { Problem } from './problem.ts'
import { type Push, type Pushed, pushRecipes } from './push-recipes.ts'
import { validateRecipe } from './validation/validate-recipe.ts'

/** What would become of a file, and what would keep its recipe from being started if all of them were. */
export interface Checked extends Pushed {
  problems: Problem[]
}

/**
 * As `pushRecipes`, but that nothing is kept and nobody need approve. Files that began from an older version are checked all the same.
 * Throws `recipe_invalid` for problems of shape, and `recipe_not_found`.
 */
export async function checkRecipes(
  dependencies: StartDependencies,
  push: Omit<Push, 'approve' | 'personId' | 'comment'>,
): Promise<Checked[]> {
  let checked: Checked[] = []
  const undo = new Error('nothing is kept')
  const work = async (tx: Db) => {
    checked = await checkWithin({ ...dependencies, db: tx }, push)
    throw undo
  }
  await dependencies.db
    .transaction()
    .execute(work)
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return checked
}

async function checkWithin(
  dependencies: StartDependencies,
  push: Omit<Push, 'approve' | 'personId' | 'comment'>,
): Promise<Checked[]> {
  const { db } = dependencies
  const files = push.files.map(({ file, recipe }) => ({
    file,
    ...(recipe && { recipe: { ...recipe, expectedVersion: null } }),
  }))
  const existing = files.flatMap(({ recipe }) => recipe?.id ?? [])
  // why: a started recipe would be validated as it is saved, and the first that is wrong would be the only one told of.
  const whenLocked = () => setStatus(db, existing, 'stopped')
  const write = { ...push, files, whenLocked, personId: null, comment: null, approve: () => () => {} }
  const pushed = await pushRecipes(dependencies, write)
  await setStatus(
    db,
    pushed.map(({ recipe }) => recipe.id),
    'started',
  )
  const checked: Checked[] = []
  for (const { recipe, ...rest } of pushed) {
    const facts = await loadRecipeFacts(dependencies, recipe, recipe.document)
    checked.push({ recipe, ...rest, problems: validateRecipe(recipe.document, facts) })
  }
  return checked
}

async function setStatus(db: Db, ids: readonly RecipeId[], status: 'started' | 'stopped'): Promise<void> {
  if (ids.length > 0) await db.updateTable('recipes').set({ status }).where('id', 'in', ids).execute()
}
