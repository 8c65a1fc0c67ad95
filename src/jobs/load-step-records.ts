import type { ConnectionId } from '#core/ids.ts'
import { findConnection } from '#recipes/recipe.ts'
import type { Json } from '#recipes/scope.ts'
import { stepsInOrder } from '#recipes/steps.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { openOptional, stepPlace } from './seal-job-data.ts'

/** A step's outcome from an earlier turn. */
export interface RecordedStep {
  step: string
  kind: string
  status: 'began' | 'succeeded' | 'failed' | 'interrupted'
  output: Json
  parentId: ConnectionId | null
  error: { code: string; message: string } | null
  /** What is known of a step that only began: it may have taken effect, and its credential may have been used. */
  began: {
    input: unknown
    connectionId: ConnectionId | null
    accountLabel: string | null
    startedAt: Date | null
  } | null
}

/** What earlier turns of this job put on record, by step name. */
export async function loadStepRecords(ctx: JobsContext, job: ClaimedJob): Promise<Map<string, RecordedStep>> {
  const rows = await ctx.db
    .selectFrom('job_steps')
    .select(['step', 'status', 'sealed_input', 'sealed_output', 'sealed_error', 'error_code'])
    .select(['connection_id', 'account_label', 'started_at'])
    .where('job_id', '=', job.id)
    .execute()
  const steps = new Map(stepsInOrder(job.document).map(({ step }) => [step.name, step]))
  return new Map(
    rows.map((row) => {
      const step = steps.get(row.step)
      const connection = step?.kind === 'action' ? findConnection(job.document, step.connection) : undefined
      const error = openOptional<{ message: string }>(
        job.dataKey,
        stepPlace(job.id, row.step, 'error'),
        row.sealed_error,
      )
      return [
        row.step,
        {
          step: row.step,
          kind: step?.kind ?? 'gone',
          status: row.status,
          output: openOptional<Json>(job.dataKey, stepPlace(job.id, row.step, 'output'), row.sealed_output),
          parentId: (connection?.connection_id ?? null) as ConnectionId | null,
          error: error && { code: row.error_code ?? 'failed', message: error.message },
          began:
            row.status !== 'began'
              ? null
              : {
                  input: openOptional(job.dataKey, stepPlace(job.id, row.step, 'input'), row.sealed_input),
                  connectionId: row.connection_id,
                  accountLabel: row.account_label,
                  startedAt: row.started_at,
                },
        },
      ]
    }),
  )
}
