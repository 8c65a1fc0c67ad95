import type { ConnectionId } from '#core/ids.ts'
import { askToReconnect } from './ask-to-reconnect.ts'
import type { JobsContext } from './context.ts'

const BATCH = 20
/** A claim lapses after this, for whoever died with it. */
const CLAIM_MS = 60_000
const ASK_LATER_MS = 60 * 60 * 1000

/**
 * Asks the people whose connections were lost while no job of theirs needed them: once for each loss, however it was found, and not those
 * who were asked by a job, whatever they answered. Safe on any number of machines: a row is claimed by moving its time.
 */
export async function askAboutLosses(ctx: JobsContext): Promise<void> {
  let claimed: Loss[]
  do {
    claimed = await claimLosses(ctx)
    for (const loss of claimed) await askAboutLoss(ctx, loss)
  } while (claimed.length === BATCH)
}

type Loss = Awaited<ReturnType<typeof claimLosses>>[number]

function claimLosses(ctx: JobsContext) {
  const now = ctx.clock()
  return ctx.db
    .updateTable('connections')
    .set({ must_ask_at: new Date(now.getTime() + CLAIM_MS) })
    .where('id', 'in', (from) =>
      from
        .selectFrom('connections')
        .select('id')
        .where('must_ask_at', '<=', now)
        .orderBy('must_ask_at')
        .limit(BATCH)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'parent_id', 'person_id', 'status', 'status_at', 'deleted_at'])
    .execute()
}

async function askAboutLoss(ctx: JobsContext, loss: Loss): Promise<void> {
  const { id, parent_id: parentId, person_id: personId } = loss
  const isLost = loss.status === 'lost' && loss.deleted_at === null
  if (!parentId || !personId || !isLost || (await wasAsked(ctx, loss))) return settle(ctx, id, null)
  const outcome = await askToReconnect(ctx, { personId, parentId, reason: 'expired' })
  await settle(ctx, id, outcome === 'asking_paused' ? new Date(ctx.clock().getTime() + ASK_LATER_MS) : null)
}

/** Whether a request for this connection was made since the loss, or is open from before. */
async function wasAsked(ctx: JobsContext, { parent_id, person_id, status_at }: Loss): Promise<boolean> {
  const request = await ctx.db
    .selectFrom('connect_requests')
    .select('id')
    .where('person_id', '=', person_id)
    .where('parent_id', '=', parent_id)
    .where((where) => where.or([where('status', '=', 'open'), where('created_at', '>=', status_at)]))
    .limit(1)
    .executeTakeFirst()
  return request !== undefined
}

async function settle(ctx: JobsContext, id: ConnectionId, askAt: Date | null): Promise<void> {
  await ctx.db.updateTable('connections').set({ must_ask_at: askAt }).where('id', '=', id).execute()
}
