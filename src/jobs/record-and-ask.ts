import type { Missing } from '#asking/connect-request.ts'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { askForConnections } from './ask-for-connections.ts'
import type { JobsContext } from './context.ts'
import { continueAtOnce } from './continue-jobs.ts'
import { findDelegator } from './find-delegated.ts'
import { leaveFor } from './find-missing.ts'
import type { Undelegated } from './find-undelegated.ts'
import type { Invocation, Invoked } from './invocation.ts'
import { jobRow, onSameDelivery } from './job-row.ts'
import { wasDelivered } from './repeated-delivery.ts'
import { askForMissing, refuseTooManyWaiting, waitForDelegator } from './wait-for-delegator.ts'

/** A job that waits from its first row, with the request to its person. Undefined for a delivery that started its job before. */
export async function recordAndAsk(
  ctx: JobsContext,
  invocation: Invocation,
  dataKey: DataKey,
  missing: Missing[],
): Promise<Invoked | undefined> {
  const { program, person, origin } = invocation
  if (!person) return undefined
  const row = jobRow(ctx, invocation, dataKey)
  const invoked = await ctx.db.transaction().execute(async (tx) => {
    const recorded = await tx
      .insertInto('jobs')
      .values({ ...row, status: 'waiting_for_connection' })
      .onConflict((conflict) => onSameDelivery(conflict).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!recorded) return undefined
    const use = leaveFor(ctx, program)
    const asking = { jobId: row.id, recipeName: program.main.name, use, person, origin, dataKey, missing, step: null }
    const connectUrl = await askForConnections(ctx, tx, asking)
    if (connectUrl === null) await continueAtOnce(tx, row.id)
    return { jobId: row.id, repeated: false, connectUrl }
  })
  if (invoked) ctx.checkpoint('job recorded')
  return invoked
}

/** The same for a job of nobody: whoever must delegate a connection it names, or connect it again, is asked. */
export async function recordAndAskDelegator(
  ctx: JobsContext,
  invocation: Invocation,
  dataKey: DataKey,
  missing: Undelegated[],
): Promise<Invoked | undefined> {
  const { id: jobId, workspaceId, program, origin, delivery } = invocation
  const recipeId = program.main.id
  const delegator_id = await findDelegator(ctx, invocation)
  const row = { ...jobRow(ctx, invocation, dataKey), delegator_id, status: 'waiting_for_connection' as const }
  if (await wasDelivered(ctx.db, workspaceId, delivery)) return undefined
  // why: a schedule that comes due is recorded in its own transaction, so that nothing may be written before it is sure to be let wait.
  const asked = await inTransaction(ctx.db, async (tx) => {
    const asked = await askForMissing(ctx, tx, { workspaceId, missing })
    await refuseTooManyWaiting(tx, { recipeId, surface: origin.surface, asked })
    const recorded = await tx
      .insertInto('jobs')
      .values(row)
      .onConflict((conflict) => onSameDelivery(conflict).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!recorded) return undefined
    if (asked.length === 0) await continueAtOnce(tx, jobId)
    await waitForDelegator(ctx, tx, { jobId, step: null, asked })
    return asked
  })
  if (!asked) return undefined
  ctx.checkpoint('job recorded')
  return { jobId, repeated: false, connectUrl: null, ...(asked.length > 0 && { awaitsDelegator: true as const }) }
}
