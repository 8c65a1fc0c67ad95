import type { JobId } from '#core/ids.ts'
import type { JobsContext } from './context.ts'
import { deliverOutbox } from './deliver-outbox.ts'
import { endJob } from './end-job.ts'
import { errorCodeOf } from './shown-error.ts'

/** Ends a job that cannot be run by a fault of ours, if this process still holds it. Its person is told a reference, the log the rest. */
export async function endBrokenJob(ctx: JobsContext, jobId: JobId, fault: Error): Promise<void> {
  ctx.log.error({ err: fault, job: jobId }, 'a job cannot be run by a fault of ours')
  const message = `Something went wrong in Behalf. Quote ${jobId} to whoever runs it.`
  await ctx.db.transaction().execute(async (tx) => {
    const held = await tx
      .selectFrom('jobs')
      .select('id')
      .where('id', '=', jobId)
      .where('holder', '=', ctx.processId)
      .forUpdate()
      .executeTakeFirst()
    if (held) await endJob(ctx, tx, jobId, { status: 'failed', code: errorCodeOf(fault), message })
  })
  await deliverOutbox(ctx)
}
