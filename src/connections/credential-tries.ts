import { UserError } from '#core/errors.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { giveBackToLimit, takeFromLimit } from '#people/rate-limit.ts'
import type { ConnectionsContext } from './context.ts'
import { isWrongCredential } from './form-credential.ts'
import type { Parent } from './parent.ts'

const WRONG_TRIES = 10
const HOUR_MS = 60 * 60 * 1000

/**
 * Carries out one try of what an actor typed for this parent. Only the application's no counts: of those there may be ten an hour, and
 * after them nothing is sent any more. Refuses with `UserError`, on record: `credential_refused`, in words that hold nothing of what was
 * typed or answered, and `credential_tries_used_up`. Every other error is passed on.
 */
export async function tryCredential<T>(
  ctx: ConnectionsContext,
  { actor, parent }: { actor: Actor; parent: Parent },
  attempt: () => Promise<T>,
): Promise<T> {
  const key = `credential:${idOf(actor)}:${parent.id}`
  const taken = await takeFromLimit(ctx.db, { key, limit: WRONG_TRIES, windowMs: HOUR_MS }, ctx.clock())
  if (!taken.allowed) {
    if (taken.used === WRONG_TRIES + 1) await refuse(ctx, actor, parent, 'tries_used_up')
    throw new UserError(
      'credential_tries_used_up',
      `What was typed was wrong ten times. Try again in ${Math.ceil(taken.retryAfterSeconds / 60)} minutes.`,
      { status: 429 },
    )
  }
  try {
    const done = await attempt()
    await giveBackToLimit(ctx.db, key)
    return done
  } catch (error) {
    if (!isWrongCredential(error)) {
      await giveBackToLimit(ctx.db, key)
      throw error
    }
    await refuse(ctx, actor, parent, error.code)
    throw new UserError('credential_refused', 'The application does not accept this. Check it, and type it in again.', {
      status: 422,
    })
  }
}

const idOf = (actor: Actor): string =>
  actor.kind === 'person' ? actor.person.id : actor.kind === 'api_key' ? actor.id : workspaceOf(actor)

function refuse(ctx: ConnectionsContext, actor: Actor, parent: Parent, why: string): Promise<void> {
  return recordAudit(ctx.db, actor, {
    action: 'connection.credential_refused',
    targetId: parent.id,
    details: { why },
  })
}
