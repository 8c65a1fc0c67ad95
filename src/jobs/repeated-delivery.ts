import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { JobId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { JobsContext } from './context.ts'
import type { Invocation, Invoked } from './invocation.ts'

/** Whether this delivery started its job before. */
export async function wasDelivered(
  db: Db,
  workspaceId: WorkspaceId,
  { source, key }: Invocation['delivery'],
): Promise<boolean> {
  if (key === null) return false
  const job = await db
    .selectFrom('jobs')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('delivery_source', '=', source)
    .where('delivery_key', '=', key)
    .executeTakeFirst()
  return job !== undefined
}

/** The job that this delivery started before; `idempotency_key_reused` (409) where it was another request. */
export async function repeatedDelivery(
  ctx: JobsContext,
  { program, workspaceId, delivery }: Invocation,
): Promise<Invoked> {
  const job = await ctx.db
    .selectFrom('jobs')
    .select(['id', 'request_hash', 'recipe_id', 'data_key_id', 'status', 'delegator_id'])
    .where('workspace_id', '=', workspaceId)
    .where('delivery_source', '=', delivery.source)
    .where('delivery_key', '=', delivery.key)
    .executeTakeFirstOrThrow()
  const dataKey = await ctx.dataKeys.load(job.data_key_id)
  if (job.recipe_id !== program.main.id || !job.request_hash?.equals(dataKey.fingerprint(delivery.request)))
    throw new UserError(
      'idempotency_key_reused',
      'This idempotency key was used before, with another request. Use a new one.',
      {
        status: 409,
      },
    )
  const isWaiting = job.status === 'waiting_for_connection'
  if (isWaiting && job.delegator_id) return { jobId: job.id, repeated: true, connectUrl: null, awaitsDelegator: true }
  return { jobId: job.id, repeated: true, connectUrl: isWaiting ? await openVisitOf(ctx, job.id) : null }
}

/** Where the person of a waiting job connects, by their own session; null when its link was given up. */
async function openVisitOf(ctx: JobsContext, jobId: JobId): Promise<string | null> {
  const visit = await ctx.db
    .selectFrom('connect_visits')
    .select('id')
    .where('job_id', '=', jobId)
    .where('status', '=', sql.lit('open' as const))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('external_visits').select('visit_id').whereRef('visit_id', '=', 'connect_visits.id'))),
    )
    .executeTakeFirst()
  return visit ? new URL(`/connect/v/${visit.id}`, ctx.publicUrl).href : null
}
