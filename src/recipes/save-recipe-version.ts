import { UserError } from '#core/errors.ts'
import type { PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { type ApproveChange, askApproval } from './approve-change.ts'
import { loadRecipe, loadRecipeVersion } from './load-recipe.ts'
import { loadRecipeFacts, lockParents, type StartDependencies } from './load-recipe-facts.ts'
import { lockRecipe } from './lock-recipe.ts'
import { parseRecipe } from './parse-recipe.ts'
import { placeTrigger } from './place-trigger.ts'
import { recipeInvalid } from './problem.ts'
import type { RecipeDocument } from './recipe.ts'
import { placeSchedule } from './schedules.ts'
import type { Recipe, RecipeWithDocument } from './stored-recipe.ts'
import { validateRecipe } from './validation/validate-recipe.ts'
import { writeVersion } from './write-version.ts'

/** Which version a change began from, and who makes it. */
export interface VersionChange {
  workspaceId: WorkspaceId
  recipeId: RecipeId
  expectedVersion: number
  personId: PersonId | null
  comment?: string | null
  approve: ApproveChange
}

export interface SavedVersion {
  recipe: RecipeWithDocument
  /** The secret part of a webhook's address, when a started recipe has just become a webhook; shown once, kept hashed. */
  webhookSecret: string | null
}

/**
 * Saves `document` as a recipe's next version, which takes effect at once: a started recipe's next job runs it, and jobs that began before
 * go on with theirs. So a started recipe takes only a version that validates; a stopped one takes any that parses.
 *
 * Throws `recipe_invalid`, `recipe_not_found`, what `approve` throws, and `recipe_version_conflict` (409) when another version than
 * `expectedVersion` is current: of two at once, one is saved.
 */
export async function saveRecipeVersion(
  { db, ...dependencies }: StartDependencies,
  { document: json, ...change }: VersionChange & { document: unknown },
): Promise<SavedVersion> {
  const document = parseRecipe(json)
  return inTransaction(db, async (tx) => {
    await lockParents(tx, change.workspaceId, document)
    const recipe = await lockRecipe(tx, change)
    if (recipe.version !== change.expectedVersion) throw versionConflict(recipe.version)
    await askApproval(change.approve, await loadRecipeVersion(tx, recipe.id, recipe.version), document)
    await storeVersion(tx, recipe, document, change)
    const webhookSecret =
      recipe.status === 'started' ? await putInForce({ ...dependencies, db: tx }, recipe, document) : null
    return { recipe: await loadRecipe(tx, change), webhookSecret }
  })
}

/** Validates a document and lets it be invoked. Returns a new webhook's secret. The recipe and its parents are locked. */
export async function putInForce(
  dependencies: StartDependencies,
  recipe: Recipe,
  document: RecipeDocument,
): Promise<string | null> {
  const problems = validateRecipe(document, await loadRecipeFacts(dependencies, recipe, document))
  if (problems.length > 0) throw recipeInvalid(problems)
  const at_once = document.settings?.at_once ?? null
  await dependencies.db.updateTable('recipes').set({ at_once }).where('id', '=', recipe.id).execute()
  await placeSchedule(dependencies.db, recipe, document.trigger, dependencies.clock())
  return placeTrigger(dependencies.db, recipe, document.trigger)
}

export function versionConflict(current: number): UserError {
  const message = 'Somebody else saved this recipe in the meantime: load it again and repeat your change.'
  return new UserError('recipe_version_conflict', message, { status: 409, details: { current_version: current } })
}

async function storeVersion(
  tx: Db,
  { id, workspaceId, version }: Recipe,
  document: RecipeDocument,
  { comment, personId }: VersionChange,
): Promise<void> {
  const next = version + 1
  await writeVersion(tx, {
    recipeId: id,
    workspaceId,
    version: next,
    document,
    comment: comment ?? null,
    personId,
  })
  await tx.updateTable('recipes').set({ version: next, name: document.name }).where('id', '=', id).execute()
}
