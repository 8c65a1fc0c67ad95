import type { RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { nextDue } from './cron.ts'
import type { Trigger } from './recipe.ts'
import type { Recipe } from './stored-recipe.ts'

/**
 * Makes a recipe's row of `schedules` say what its trigger says: none for another trigger. What was due next stays so while the times are
 * the same, so that starting anew or saving a version misses nothing; new times count from `now`. The recipe is locked and valid.
 */
export async function placeSchedule(tx: Db, { id, workspaceId }: Recipe, trigger: Trigger, now: Date): Promise<void> {
  if (trigger.kind !== 'schedule') return removeSchedules(tx, [id])
  const { cron, time_zone, catch_up } = trigger
  const next_at = nextDue(trigger, now)
  // Only a schedule that was never valid is never due.
  if (!next_at) return removeSchedules(tx, [id])
  await tx
    .insertInto('schedules')
    .values({ recipe_id: id, workspace_id: workspaceId, cron, time_zone, catch_up, next_at })
    .onConflict((conflict) =>
      conflict.column('recipe_id').doUpdateSet((row) => ({
        cron,
        time_zone,
        catch_up,
        next_at: row
          .case()
          .when(row.and([row('schedules.cron', '=', cron), row('schedules.time_zone', '=', time_zone)]))
          .then(row.ref('schedules.next_at'))
          .else(next_at)
          .end(),
      })),
    )
    .execute()
}

/** Nothing fires for these recipes any more. */
export async function removeSchedules(tx: Db, recipeIds: readonly RecipeId[]): Promise<void> {
  await tx.deleteFrom('schedules').where('recipe_id', 'in', recipeIds).execute()
}

/** When each of these recipes is due next; those without a schedule, and stopped ones, are left out. */
export async function readNextRuns(db: Db, recipeIds: readonly RecipeId[]): Promise<ReadonlyMap<RecipeId, Date>> {
  if (recipeIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('schedules')
    .select(['recipe_id', 'next_at'])
    .where('recipe_id', 'in', recipeIds)
    .execute()
  return new Map(rows.map(({ recipe_id, next_at }) => [recipe_id, next_at]))
}
