import { UserError } from '#core/errors.ts'
import type { PersonId } from '#core/ids.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { checkPassword, DUMMY_HASH, setPassword } from '#people/passwords.ts'
import { giveBackToLimit, takeFromLimit } from '#people/rate-limit.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

const TRIES = 10
const WINDOW_MS = 15 * 60 * 1000

/**
 * Changes one's own password and ends all other sessions. Refuses `current_password_wrong` (403), after ten of them in 15 minutes
 * `too_many_attempts` (429) whatever is typed: a stolen session is no way to find the password out. Refuses `weak_password`.
 */
export async function changeMyPassword(
  ctx: CommandsContext,
  actor: Actor,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
): Promise<void> {
  const { person, sessionId } = requirePerson(actor)
  const key = await takeTry(ctx, person.id)
  if (!(await checkPassword(currentPassword, await findHash(ctx, person.id))))
    throw new UserError('current_password_wrong', 'This is not your current password.', { status: 403 })
  await giveBackToLimit(ctx.db, key)
  await ctx.db.transaction().execute(async (tx) => {
    const { workspaceId, id: personId } = person
    const keepSession = sessionId === null ? {} : { keepSession: sessionId }
    await setPassword(tx, { workspaceId, personId, password: newPassword, ...keepSession, now: ctx.clock() })
    await recordAudit(tx, actor, { action: 'person.password_changed', targetId: personId })
  })
}

/** Counted before the password is looked at, so that many at once gain nothing. */
async function takeTry(ctx: CommandsContext, personId: PersonId): Promise<string> {
  const key = `change-password:${personId}`
  const taken = await takeFromLimit(ctx.db, { key, limit: TRIES, windowMs: WINDOW_MS }, ctx.clock())
  if (taken.allowed) return key
  const { retryAfterSeconds } = taken
  throw new UserError(
    'too_many_attempts',
    `Too many attempts. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`,
    {
      status: 429,
      details: { retryAfterSeconds },
    },
  )
}

async function findHash(ctx: CommandsContext, personId: PersonId): Promise<string> {
  const row = await ctx.db.selectFrom('passwords').select('hash').where('person_id', '=', personId).executeTakeFirst()
  return row?.hash ?? DUMMY_HASH
}
