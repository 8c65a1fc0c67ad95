import { sql } from 'kysely'
import type { JobId, RecipeId } from '#core/ids.ts'
import type { JobsContext } from './context.ts'
import { deliverOutbox } from './deliver-outbox.ts'
import { endJob } from './end-job.ts'

/**
 * Ends the jobs of a deleted recipe that wait for somebody, and those of others that may call it as a function: their people are told. Each in
 * a transaction of its own, after the recipe's: what is left when it is cut off ends when it would go on, or lapses.
 */
export async function endJobsOfRecipe(ctx: JobsContext, { id, name }: { id: RecipeId; name: string }): Promise<void> {
  const { rows } = await sql<{ id: JobId }>`
    select distinct j.id from waits w join jobs j on j.id = w.job_id
    where (j.recipe_id = ${id} or j.functions ? ${id}) and j.finished_at is null`.execute(ctx.db)
  const message = `“${name}” was deleted, so nothing more is done.`
  for (const job of rows)
    await ctx.db
      .transaction()
      .execute((tx) => endJob(ctx, tx, job.id, { status: 'failed', code: 'recipe_deleted', message }))
  if (rows.length > 0) await deliverOutbox(ctx)
}
