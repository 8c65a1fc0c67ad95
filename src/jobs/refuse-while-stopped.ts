import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/**
 * Refuses `recipe_stopped` or `function_stopped` (409) where a job could not go on now, because its recipe or a function that it may call is
 * stopped: what its person gives it would be lost with it.
 */
export async function refuseWhileStopped(tx: Db, jobId: JobId): Promise<void> {
  const { rows } = await sql<{ name: string; reason: string | null; is_main: boolean }>`
    select r.name, r.stopped_reason as reason, r.id = j.recipe_id as is_main
    from jobs j
      cross join lateral unnest(j.recipe_id || array(select jsonb_object_keys(j.functions))) as part
      join recipes r on r.id = part
    where j.id = ${jobId} and (r.status = 'stopped' or r.deleted_at is not null)
    order by is_main desc limit 1`.execute(tx)
  const [stopped] = rows
  if (!stopped) return
  const { name, reason, is_main } = stopped
  const why = reason ? `: ${reason}` : '.'
  const message = `“${name}” is stopped${why} Nothing was taken: answer again when its builder has started it.`
  throw new UserError(is_main ? 'recipe_stopped' : 'function_stopped', message, { status: 409 })
}
