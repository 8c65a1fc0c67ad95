import type { SessionId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/** Ends every trip to an application that a browser's session began: an answer to one is refused like one that was used. */
export async function endAttempts(db: Db, sessionId: SessionId, now: Date): Promise<void> {
  await db
    .updateTable('connect_attempts')
    .set({ consumed_at: now })
    .where('session_id', '=', sessionId)
    .where('consumed_at', 'is', null)
    .execute()
}
