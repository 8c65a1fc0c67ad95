import { sql } from 'kysely'
import type { ConnectionId } from '#core/ids.ts'
import type { Json } from '#recipes/scope.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { openOptional, stepPlace } from './seal-job-data.ts'

/** What an earlier turn put on record of a step. */
export interface RecordedStep {
  position: number
  status: 'began' | 'succeeded' | 'failed' | 'interrupted'
  output: Json
  error: { code: string; message: string } | null
  /** What is known of a step that only began: it may have taken effect, and its credential may have been used. */
  began: {
    input: Json
    connectionId: ConnectionId | null
    accountLabel: string | null
    startedAt: Date | null
  } | null
}

/** What earlier turns of this job put on record, by the steps' keys. */
export async function loadStepRecords(
  ctx: JobsContext,
  { id, dataKey }: ClaimedJob,
): Promise<Map<string, RecordedStep>> {
  const rows = await ctx.db
    .selectFrom('job_steps')
    .select(['step', 'position', 'status', 'sealed_output', 'sealed_error', 'error_code'])
    // Of a step that ended what it was given is not needed any more.
    .select(sql<Buffer | null>`case when status = 'began' then sealed_input end`.as('sealed_input'))
    .select(['connection_id', 'account_label', 'started_at'])
    .where('job_id', '=', id)
    .execute()
  return new Map(
    rows.map((row) => {
      const error = openOptional<{ message: string }>(dataKey, stepPlace(id, row.step, 'error'), row.sealed_error)
      const began =
        row.status !== 'began'
          ? null
          : {
              input: openOptional<Json>(dataKey, stepPlace(id, row.step, 'input'), row.sealed_input),
              connectionId: row.connection_id,
              accountLabel: row.account_label,
              startedAt: row.started_at,
            }
      return [
        row.step,
        {
          position: row.position,
          status: row.status,
          output: openOptional<Json>(dataKey, stepPlace(id, row.step, 'output'), row.sealed_output),
          error: error && { code: row.error_code ?? 'failed', message: error.message },
          began,
        },
      ]
    }),
  )
}
