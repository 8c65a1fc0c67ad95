import { UserError } from '#core/errors.ts'
import type { Actor } from '#people/actor.ts'
import { workspaceOf } from '#people/actor.ts'
import { addressBlock } from '#people/address-block.ts'
import { recordAudit } from '#people/audit.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import { findOnlyWorkspace } from '#people/workspaces.ts'
import type { CommandsContext } from './context.ts'

const RECORDED_A_MINUTE = 60
const FAILED_KEYS = 20
const FAILED_KEYS_WINDOW_MS = 5 * 60 * 1000

/** Puts on record that somebody tried what they may not do; of one actor at most sixty a minute, so that nobody floods the log. */
export async function recordRefusal(
  ctx: CommandsContext,
  actor: Actor,
  { what, code, missing }: { what: string; code: string; missing: unknown },
): Promise<void> {
  const id = actor.kind === 'person' ? actor.person.id : actor.kind === 'api_key' ? actor.id : workspaceOf(actor)
  const limit = { key: `access-refused:${id}`, limit: RECORDED_A_MINUTE, windowMs: 60_000 }
  if (!(await takeFromLimit(ctx.db, limit, ctx.clock())).allowed) return
  await recordAudit(ctx.db, actor, { action: 'access.refused', details: { what, code, missing } })
}

/**
 * Counts a bearer token that is no good API key, by the network address it came from, and puts it on record. After twenty of them in five
 * minutes throws `too_many_attempts` (429). Good keys from that address are not held up: a key cannot be guessed, only looked up too often.
 */
export async function countRefusedApiKey(ctx: CommandsContext, { ip }: { ip: string }): Promise<void> {
  const key = `api-key:${addressBlock(ip)}`
  const taken = await takeFromLimit(ctx.db, { key, limit: FAILED_KEYS, windowMs: FAILED_KEYS_WINDOW_MS }, ctx.clock())
  const workspace = await findOnlyWorkspace(ctx.db)
  if (workspace && taken.used <= FAILED_KEYS + 1) {
    const details = { ip, ...(!taken.allowed && { reason: 'rate_limited' }) }
    await recordAudit(ctx.db, { workspaceId: workspace.id }, { action: 'api_key.refused', details })
  }
  if (taken.allowed) return
  const { retryAfterSeconds } = taken
  throw new UserError('too_many_attempts', `Too many unknown API keys. Try again in ${retryAfterSeconds} seconds.`, {
    status: 429,
    details: { retryAfterSeconds },
  })
}
