import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import { recordAudit } from '#people/audit.ts'
import { settingsFromRow } from '#people/workspace-settings.ts'
import { stopRecipe } from '#recipes/stop-recipe.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { tellBuilder } from './tell-builder.ts'

/**
 * Failures that a builder has to mend. A connection that somebody must connect, an application that is down or busy, and a fault of ours
 * are none of the recipe's; nor is what its own stop step says.
 */
const OWN_FAILURES: readonly string[] = [
  'action_unknown',
  'button_too_large',
  'calls_too_deep',
  'condition_broken',
  'expression_broken',
  'expression_timeout',
  'expression_too_large',
  'function_input_invalid',
  'function_missing',
  'function_output_invalid',
  'function_stopped',
  'input_invalid',
  'items_not_a_list',
  'job_too_large',
  'mapping_broken',
  'mapping_too_large',
  'menu_choices_invalid',
  'origin_refused',
  'outside_invalid_input',
  'outside_not_found',
  'program_too_large',
  'request_refused',
  'skill_output_invalid',
  'step_input_invalid',
  'too_many_items',
  'too_many_steps_run',
  'too_many_times',
]

/** How many jobs are looked at for each failure that is looked for: others may have failed in between for reasons of persons. */
const LOOK_BACK = 10

/**
 * Called when a job has failed. Stops its recipe when that failed so often for reasons of its own, since its last success, its last start
 * and its present version, as the workspace allows; whoever built it is told, once. Costs nothing where a job ends otherwise.
 */
export async function stopIfFailing(
  ctx: JobsContext,
  { recipeId, workspaceId, recipeVersion: version, recipeName: name }: ClaimedJob,
  code: string,
): Promise<void> {
  if (!OWN_FAILURES.includes(code)) return
  const { settings } = await ctx.db
    .selectFrom('workspaces')
    .select('settings')
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  const { stop_after_failures: most } = settingsFromRow(settings)
  if (most === 0 || (await countFailures(ctx, { recipeId, version, most })) < most) return
  const reason = `it failed ${most} times in a row, the last time with ${code}.`
  await ctx.db
    .transaction()
    .execute(async (tx) => {
      // why: of two jobs that fail at once, one stops it.
      if (!(await stopRecipe(tx, { workspaceId, recipeId, reason }))) return
      await recordAudit(
        tx,
        { workspaceId },
        { action: 'recipe.stopped', targetId: recipeId, details: { name, reason } },
      )
      const text = `“${name}” was stopped: ${reason} Look at its jobs, mend it, and start it again.`
      await tellBuilder(ctx, tx, { workspaceId, recipeId, subject: `“${name}” was stopped`, text })
    })
    .catch((error: unknown) => {
      // why: a recipe that was deleted meanwhile needs no stopping.
      if (!(error instanceof UserError)) throw error
    })
}

/** Failures of its own of the recipe's jobs in this version, newer than its last success and its last start. */
async function countFailures(
  { db }: JobsContext,
  { recipeId, version, most }: { recipeId: string; version: number; most: number },
): Promise<number> {
  const { rows } = await sql<{ failures: string }>`
    with recent as (
      select j.id, j.status, j.error_code from jobs j join recipes r on r.id = j.recipe_id
      where j.recipe_id = ${recipeId} and j.finished_at is not null and j.recipe_version = ${version} and r.version = ${version}
        and j.created_at >= coalesce(r.started_at, '-infinity')
      order by j.id desc limit ${most * LOOK_BACK}
    )
    select count(*) as failures from recent
    where status = 'failed' and error_code = any(${OWN_FAILURES}::text[])
      and id > coalesce((select max(id) from recent where status = 'succeeded'), '')`.execute(db)
  return Number(rows[0]?.failures ?? 0)
}
