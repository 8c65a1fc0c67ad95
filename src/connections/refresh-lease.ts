import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { OutsideError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import type { ConnectionsContext } from './context.ts'
import { idleLimitMs } from './idle-limit.ts'
import type { Parent } from './parent.ts'

/** The right to send the refresh request of one version of one grant, for a while. */
export interface Lease {
  connectionId: ConnectionId
  version: string
  /** Another one for each lease: who lost it cannot release somebody else's. */
  holder: string
  /** By `performance.now()`: what leaves later could come after another holder's request. */
  sendUntil: number
}

// why: a lease that ended before its request would let two machines send the same refresh token. A request leaves within 0.4 of the
// time-out after the lease was taken, and its answer is awaited for once the time-out.
const leaseMs = ({ tokenTimeoutMs }: ConnectionsContext): number => tokenTimeoutMs * 1.5
const sendWithinMs = ({ tokenTimeoutMs }: ConnectionsContext): number => tokenTimeoutMs * 0.4

/**
 * Takes the lease, unless somebody else holds it or the version is no longer the stored one. Should this process die with it, the grant
 * is found by `keepAlive` once the lease has lapsed.
 */
export async function takeLease(
  ctx: ConnectionsContext,
  connectionId: ConnectionId,
  version: string,
): Promise<Lease | undefined> {
  const lease = { connectionId, version, holder: randomUUID(), sendUntil: performance.now() + sendWithinMs(ctx) }
  const taken = await ctx.db
    .updateTable('grants')
    .set({
      lease_holder: lease.holder,
      // why: one clock for all machines.
      lease_until: sql<Date>`now() + ${leaseMs(ctx)} * interval '1 millisecond'`,
      keep_alive_at: new Date(ctx.clock().getTime() + leaseMs(ctx)),
    })
    .where('connection_id', '=', connectionId)
    .where('version', '=', version)
    .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', sql<Date>`now()`)]))
    .executeTakeFirst()
  return taken.numUpdatedRows > 0n ? lease : undefined
}

/** Refuses to send under a lease that could lapse before the answer: this process was held up since it took it. */
export function checkLease({ sendUntil }: Lease): void {
  if (performance.now() < sendUntil) return
  throw new OutsideError('outside_timeout', 'The access could not be renewed in time. It is tried again.', {
    retryable: true,
  })
}

const LONGEST_PAUSE_MS = 6 * 60 * 60 * 1000
/** With growing pauses, a day. A grant with an idle limit is never given up. */
const GIVE_UP_AFTER = 12

/**
 * Releases a lease whose request failed, though the application may have carried it out. The grant is refreshed again by itself after a
 * growing pause: an answer that was lost can still be had where the application has grace, and a grant with an idle limit stays alive.
 */
export async function putOff(
  ctx: ConnectionsContext,
  parent: Parent,
  { lease, error }: { lease: Lease; error: unknown },
): Promise<void> {
  const idle = idleLimitMs(ctx, parent)
  const asked = error instanceof OutsideError ? (error.retryAfterMs ?? 0) : 0
  const longest = Math.min(LONGEST_PAUSE_MS, idle === null ? LONGEST_PAUSE_MS : idle / 20)
  await ctx.db
    .updateTable('grants')
    .set({
      lease_holder: null,
      lease_until: null,
      keep_alive_attempts: sql<number>`keep_alive_attempts + 1`,
      keep_alive_at: sql<Date | null>`case when ${idle !== null} or keep_alive_attempts < ${GIVE_UP_AFTER} then
        ${ctx.clock()}::timestamptz + interval '1 millisecond' * greatest(${asked},
          least(${longest}, ${leaseMs(ctx)} * 2 ^ least(keep_alive_attempts, 20)) * (0.75 + random() / 2)) end`,
    })
    .where('connection_id', '=', lease.connectionId)
    .where('version', '=', lease.version)
    .where('lease_holder', '=', lease.holder)
    .execute()
}
