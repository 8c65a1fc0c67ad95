import type { JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/** Notes until when whoever may view job data sees this job's; null: not any more. The caller has made sure that its person wants it. */
export async function shareJobUntil(tx: Db, jobId: JobId, until: Date | null): Promise<void> {
  await tx.updateTable('jobs').set({ shared_until: until }).where('id', '=', jobId).execute()
}
