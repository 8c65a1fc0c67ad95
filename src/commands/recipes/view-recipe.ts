import type { RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { loadRecipeFacts } from '#recipes/load-recipe-facts.ts'
import type { Problem } from '#recipes/problem.ts'
import { loadRunners } from '#recipes/runners.ts'
import { readNextRuns } from '#recipes/schedules.ts'
import type { RecipeWithDocument } from '#recipes/stored-recipe.ts'
import { hasSwitchOn } from '#recipes/switch.ts'
import { validateRecipe } from '#recipes/validation/validate-recipe.ts'
import type { CommandsContext } from '../context.ts'

/** A recipe with whether the switch is on for any of its connections. */
export interface ListedRecipe extends RecipeWithDocument {
  personal: boolean
  /** When its schedule is due next; null without a schedule, and while it is stopped. */
  nextRunAt: Date | null
  /** When Behalf stopped it; null when a person did. */
  stoppedAt: Date | null
}

/** A recipe with all that its page shows. */
export interface ViewedRecipe extends ListedRecipe {
  /** What keeps it from being started, as of now. */
  problems: Problem[]
  sharedWith: { everyone: boolean } & Awaited<ReturnType<typeof loadRunners>>
}

/** One recipe with its problems and who may run it. Needs View recipes. Refuses `recipe_not_found`. */
export async function viewRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId }: { recipeId: RecipeId },
): Promise<ViewedRecipe> {
  requirePrivilege(actor, 'recipes.view')
  return completeRecipe(ctx, ctx.db, await loadRecipe(ctx.db, { workspaceId: workspaceOf(actor), recipeId }))
}

/** Reads what a recipe's page shows besides its rows. The caller has checked the privilege. */
export async function completeRecipe(ctx: CommandsContext, db: Db, recipe: RecipeWithDocument): Promise<ViewedRecipe> {
  const facts = await loadRecipeFacts(
    { db, connectors: ctx.connectors, expressions: ctx.expressions },
    recipe,
    recipe.document,
  )
  return {
    ...(await asListed(db, recipe)),
    problems: validateRecipe(recipe.document, facts),
    sharedWith: { everyone: recipe.sharedWithEveryone, ...(await loadRunners(db, recipe.id)) },
  }
}

export async function asListed(db: Db, recipe: RecipeWithDocument): Promise<ListedRecipe> {
  const [listed] = await allAsListed(db, [recipe])
  return listed as ListedRecipe
}

export async function allAsListed(db: Db, recipes: RecipeWithDocument[]): Promise<ListedRecipe[]> {
  const scheduled = recipes.filter(({ document }) => document.trigger.kind === 'schedule')
  const nextRuns = await readNextRuns(
    db,
    scheduled.map(({ id }) => id),
  )
  const stopped = await readWhenStopped(db, recipes)
  return recipes.map((recipe) => ({
    ...recipe,
    personal: hasSwitchOn(recipe.document),
    nextRunAt: nextRuns.get(recipe.id) ?? null,
    stoppedAt: stopped.get(recipe.id) ?? null,
  }))
}

/** Of those that Behalf stopped: by the audit log, where it stands with the reason. */
async function readWhenStopped(db: Db, recipes: RecipeWithDocument[]): Promise<Map<string | null, Date>> {
  const ids: string[] = recipes.filter(({ stoppedReason }) => stoppedReason !== null).map(({ id }) => id)
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('audit_events')
    .select(['target_id', ({ fn }) => fn.max('at').as('at')])
    .where('target_id', 'in', ids)
    .where('action', '=', 'recipe.stopped')
    .groupBy('target_id')
    .execute()
  return new Map(rows.map(({ target_id, at }) => [target_id, at]))
}
