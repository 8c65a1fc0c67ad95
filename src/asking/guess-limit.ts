import { addressBlock } from '#people/address-block.ts'
import { recordAudit } from '#people/audit.ts'
import { giveBackToLimit, takeFromLimit } from '#people/rate-limit.ts'
import { findOnlyWorkspace } from '#people/workspaces.ts'
import type { AskingContext } from './context.ts'

const GUESSES_A_MINUTE = 30

/** One try at a link. */
export type Guess =
  /** The link may be looked up; `wasRight` gives the try back. */
  { allowed: true; wasRight(): Promise<void> } | { allowed: false; retryAfterSeconds: number }

/**
 * Takes one of the 30 wrong links a minute that a network address may open, before the link is looked up: after them the right one
 * is refused as well, so that the answers tell a guesser nothing. Audited once a minute, or anybody could flood the log.
 */
export async function takeGuess(ctx: AskingContext, ip: string): Promise<Guess> {
  const key = `connect:link:ip:${addressBlock(ip)}`
  const taken = await takeFromLimit(ctx.db, { key, limit: GUESSES_A_MINUTE, windowMs: 60_000 }, ctx.clock())
  if (taken.allowed) return { allowed: true, wasRight: () => giveBackToLimit(ctx.db, key) }
  if (taken.used === GUESSES_A_MINUTE + 1) await auditGuesses(ctx, ip)
  return { allowed: false, retryAfterSeconds: taken.retryAfterSeconds }
}

async function auditGuesses(ctx: AskingContext, ip: string): Promise<void> {
  const workspace = await findOnlyWorkspace(ctx.db)
  const event = { action: 'connect.link_refused', details: { why: 'rate_limited', ip } } as const
  if (workspace) await recordAudit(ctx.db, { workspaceId: workspace.id }, event)
}
