import { inSpan, noteOnSpan } from '#core/trace.ts'
import type { JobsContext } from './context.ts'
import { findMissing } from './find-missing.ts'
import { findUndelegated } from './find-undelegated.ts'
import type { Invocation, Invoked } from './invocation.ts'
import { recordAndAsk, recordAndAskDelegator } from './record-and-ask.ts'
import { recordAndStart, type TakePlace } from './record-and-start.ts'
import { refuseUnrunnable } from './refuse-unrunnable.ts'
import { repeatedDelivery } from './repeated-delivery.ts'

/**
 * Records a job and either starts it or asks its person for what is missing, all in one transaction. The same delivery again
 * answers with its first job; the same key with another body is refused with `idempotency_key_reused` (409).
 */
export function recordJob(ctx: JobsContext, invocation: Invocation, takePlace: TakePlace): Promise<Invoked> {
  const { id: job, program } = invocation
  return inSpan(ctx, { name: 'jobs/invoke', kind: 'producer', job, recipe: program.main.id }, async () => {
    const invoked = await recordOnce(ctx, invocation, takePlace)
    noteOnSpan({ job: invoked.jobId })
    return invoked
  })
}

async function recordOnce(ctx: JobsContext, invocation: Invocation, takePlace: TakePlace): Promise<Invoked> {
  refuseUnrunnable(invocation)
  const dataKey = await ctx.dataKeys.take(invocation.workspaceId, ctx.clock())
  const missing = await findMissing(ctx, invocation)
  const undelegated = await findUndelegated(ctx, invocation)
  const invoked =
    missing.length > 0
      ? await recordAndAsk(ctx, invocation, dataKey, missing)
      : undelegated.length > 0
        ? await recordAndAskDelegator(ctx, invocation, dataKey, undelegated)
        : await recordAndStart(ctx, invocation, dataKey, takePlace)
  return invoked ?? repeatedDelivery(ctx, invocation)
}
