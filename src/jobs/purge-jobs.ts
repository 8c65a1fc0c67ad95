import { sql } from 'kysely'
import type { WorkspaceId } from '#core/ids.ts'
import { settingsFromRow, type WorkspaceSettings } from '#people/workspace-settings.ts'
import type { JobsContext } from './context.ts'

const BATCH = 1000
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Erases the data of finished jobs, with what was said in chats, and later the jobs themselves, when their workspace keeps them no longer; in
 * batches, on any number of machines at once, each job by one of them. An unfinished job is left alone, however old. Answers how many jobs it came to.
 */
export async function purgeJobs(ctx: JobsContext, batch = BATCH): Promise<number> {
  const workspaces = await ctx.db.selectFrom('workspaces').select(['id', 'settings']).execute()
  let purged = 0
  for (const { id, settings } of workspaces) {
    const { keep_job_data_days, keep_jobs_days }: WorkspaceSettings = settingsFromRow(settings)
    purged += await inBatches(keep_job_data_days, batch, (before) => eraseData(ctx, { id, before, batch }))
    await inBatches(keep_job_data_days, batch, (before) => eraseChat(ctx, { id, before, batch }))
    purged += await inBatches(keep_jobs_days, batch, (before) => deleteJobs(ctx, { id, before, batch }))
  }
  return purged

  async function inBatches(days: number, size: number, purge: (before: Date) => Promise<number>): Promise<number> {
    if (days === 0) return 0
    const before = new Date(ctx.clock().getTime() - days * DAY_MS)
    let total = 0
    for (let count = size; count === size; total += count) count = await purge(before)
    return total
  }
}

interface Batch {
  id: WorkspaceId
  before: Date
  batch: number
}

/** Who, which, when, status and codes stay; what went in and out, what was said, and to where, go. */
async function eraseData(ctx: JobsContext, { id, before, batch }: Batch): Promise<number> {
  const { rows } = await sql`
    with due as (${dueData(id, before, batch)}),
    steps as (
      update job_steps set sealed_input = null, sealed_output = null, sealed_error = null, input_shape = null
      where job_id in (select id from due)
    ),
    messages as (delete from outbox where job_id in (select id from due) and status <> 'pending'),
    lines as (delete from chat_messages where job_id in (select id from due)),
    places as (delete from surface_messages where job_id in (select id from due))
    update jobs set purged_at = ${ctx.clock()}, sealed_address = null, sealed_input = null, sealed_result = null, sealed_error = null,
      input_shape = null
    where id in (select id from due) returning id`.execute(ctx.db)
  return rows.length
}

/** Which jobs' data goes next; by an index that holds nothing else. */
export const dueData = (workspaceId: WorkspaceId, before: Date, batch: number) => sql`
  select id from jobs where workspace_id = ${workspaceId} and finished_at < ${before} and purged_at is null
  order by finished_at limit ${batch} for update skip locked`

/** What people typed in chat, and what was answered at once: jobs were given the one, and their own lines go with them. */
async function eraseChat(ctx: JobsContext, { id, before, batch }: Batch): Promise<number> {
  const { rows } = await sql`
    delete from chat_messages where id in (
      select id from chat_messages where workspace_id = ${id} and job_id is null and created_at < ${before}
      order by created_at limit ${batch} for update skip locked
    ) returning id`.execute(ctx.db)
  return rows.length
}

async function deleteJobs(ctx: JobsContext, { id, before, batch }: Batch): Promise<number> {
  const { rows } = await sql`
    delete from jobs where id in (
      select id from jobs where workspace_id = ${id} and finished_at < ${before} and purged_at is not null
      order by finished_at limit ${batch} for update skip locked
    ) returning id`.execute(ctx.db)
  return rows.length
}
