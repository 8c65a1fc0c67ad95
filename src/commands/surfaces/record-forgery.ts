import type { SurfaceApp } from '#core/surface-app.ts'
import { addressBlock } from '#people/address-block.ts'
import { recordAudit } from '#people/audit.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import type { CommandsContext } from '../context.ts'

const RECORDED_A_MINUTE = 20

/** Puts on record that a request was not the vendor's to an app. Anybody can send one: of one network at most twenty a minute are kept. */
export async function recordForgery(
  ctx: CommandsContext,
  { id, workspaceId, surface }: SurfaceApp,
  { why, ip }: { why: string; ip: string },
): Promise<void> {
  const limit = { key: `surface:forged:${addressBlock(ip)}`, limit: RECORDED_A_MINUTE, windowMs: 60_000 }
  if (!(await takeFromLimit(ctx.db, limit, ctx.clock())).allowed) return
  const details = { surface, why, ip }
  await recordAudit(ctx.db, { workspaceId }, { action: 'surface.request_refused', targetId: id, details })
}
