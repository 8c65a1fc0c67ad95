import { setTimeout as delay } from 'node:timers/promises'
import { OutsideError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import type { Secret } from '#core/secret.ts'
import { blameParent } from './blame-parent.ts'
import type { ConnectionsContext } from './context.ts'
import { declareLost } from './declare-lost.ts'
import { loadGrant, type OpenGrant } from './grant.ts'
import { refreshTokens } from './oauth/token-endpoint.ts'
import type { Parent } from './parent.ts'
import { checkLease, type Lease, putOff, takeLease } from './refresh-lease.ts'
import { saveRefreshed } from './save-refreshed.ts'

export type RefreshOutcome =
  /** Or somebody else had refreshed it, or it was connected anew. */
  | { kind: 'refreshed'; grant: OpenGrant }
  /** The application refused: the person must authorize again. The connection is marked lost. */
  | { kind: 'refused' }
  /** There is no grant any more: it was disconnected or deleted meanwhile. What came back was revoked. */
  | { kind: 'gone' }

export interface StaleGrant {
  parent: Parent
  connectionId: ConnectionId
  /** The version that will not do: due, or refused by the application. */
  version: string
}

const LEASE_POLL_MS = 100

/**
 * Trades the grant's refresh token for fresh tokens, unless somebody did since `version`: one request is sent however many jobs on
 * however many machines ask at once. In this process callers share one promise; between machines a lease in the row decides who may
 * send, and no database connection is held meanwhile. A save counts when the stored version is still the one the refresh began from,
 * whoever holds the lease by then. Throws `OutsideError` when the application is down or refuses the client: that never marks a person's
 * connection lost, and the same may be asked again at once.
 */
export async function refreshGrant(ctx: ConnectionsContext, stale: StaleGrant): Promise<RefreshOutcome> {
  for (;;) {
    const outcome = await (ctx.refreshes.get(stale.connectionId) ?? startRefresh(ctx, stale))
    // why: a refresh that was already running may have ended with the very version that we hold stale.
    if (outcome.kind !== 'refreshed' || outcome.grant.version !== stale.version) return outcome
  }
}

function startRefresh(ctx: ConnectionsContext, stale: StaleGrant): Promise<RefreshOutcome> {
  const refresh = refreshUnderLease(ctx, stale).finally(() => ctx.refreshes.delete(stale.connectionId))
  ctx.refreshes.set(stale.connectionId, refresh)
  return refresh
}

async function refreshUnderLease(
  ctx: ConnectionsContext,
  { parent, connectionId, version }: StaleGrant,
): Promise<RefreshOutcome> {
  for (;;) {
    const grant = await loadGrant(ctx, connectionId)
    if (!grant) return { kind: 'gone' }
    if (grant.version !== version) return { kind: 'refreshed', grant }
    const { refreshToken } = grant
    if (!refreshToken) return declareLost(ctx, { parent, connectionId, grant, error: 'no_refresh_token' })
    // The lease is taken only while this version is still the stored one: nothing need be read again inside it.
    const lease = await takeLease(ctx, connectionId, version)
    if (lease) return sendRefresh(ctx, { parent, connectionId, lease, old: { ...grant, refreshToken } })
    await delay(LEASE_POLL_MS * (0.5 + Math.random()))
  }
}

interface Sending {
  parent: Parent
  connectionId: ConnectionId
  lease: Lease
  old: OpenGrant & { refreshToken: Secret }
}

async function sendRefresh(ctx: ConnectionsContext, sending: Sending): Promise<RefreshOutcome> {
  const { parent, connectionId, old } = sending
  const answer = await askForTokens(ctx, sending)
  if (answer.kind === 'refused') return declareLost(ctx, { parent, connectionId, grant: old, error: answer.error })
  return saveRefreshed(ctx, { parent, connectionId, from: old.version, tokens: answer.tokens })
}

async function askForTokens(ctx: ConnectionsContext, { parent, lease, old }: Sending) {
  try {
    return await refreshTokens(ctx, parent, { ...old, beforeSending: () => checkLease(lease) })
  } catch (error) {
    // why: the failure to be told is the first one; a lease that cannot be released now lapses by itself.
    await putOff(ctx, parent, { lease, error }).catch(() => {})
    if (error instanceof OutsideError && error.code === 'parent_client_refused') await blameParent(ctx, parent)
    throw error
  }
}
