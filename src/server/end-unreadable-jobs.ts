import { sql } from 'kysely'
import type { Db } from '#database/db.ts'

/**
 * Ends every unfinished job as failed, and erases all that was sealed under data keys which nobody can open any more: the data of jobs,
 * messages on their way, the chat. That a job ran, as whom and which steps, stays. In the caller's transaction, while no server runs.
 */
export async function endUnreadableJobs(tx: Db): Promise<void> {
  await sql`update jobs set status = 'failed', error_code = 'sealing_key_lost', finished_at = now(), fence = fence + 1, holder = null
    where finished_at is null`.execute(tx)
  await sql`update jobs set sealed_address = null, sealed_input = null, sealed_result = null, sealed_error = null
    where num_nonnulls(sealed_address, sealed_input, sealed_result, sealed_error) > 0`.execute(tx)
  await sql`update job_steps set sealed_input = null, sealed_output = null, sealed_error = null
    where num_nonnulls(sealed_input, sealed_output, sealed_error) > 0`.execute(tx)
  await sql`delete from waits`.execute(tx)
  await sql`update connect_requests set status = 'cancelled', finished_at = now() where status = 'open'`.execute(tx)
  await sql`update connect_visits set status = 'expired' where status = 'open'`.execute(tx)
  await sql`update outbox set sealed_address = null, sealed_body = null,
    status = case status when 'pending' then 'given_up' else status end`.execute(tx)
  await sql`delete from connect_ties`.execute(tx)
  await sql`delete from chat_messages`.execute(tx)
  await sql`delete from dialogs`.execute(tx)
}
