import type { Adapter } from 'oidc-provider'
import { hashToken, type OAuthRows } from '../../demo/crm/oauth-adapter.ts'

/** One refresh request that an authorization server carried out or refused. */
export interface RefreshRequest {
  account: string | null
  /** The `x-sender` header: which process of a test sent it, and which of its requests it is. */
  sender: string | null
  /** Names the refresh token it brought without being it. */
  presented: string
  outcome: 'granted' | 'refused'
  /** By `Date.now()`. */
  at: number
  /** When its answer was sent, or its connection was cut; null until then. */
  endedAt: number | null
  /** It was carried out, and its answer never left. */
  cut: boolean
}

/**
 * What a provider with grace does: for some seconds after a refresh token was used it is accepted again, as if for the first time. The
 * adapter as it is is strict: a second use ends the grant.
 */
export function withGrace(adapter: Adapter, rows: OAuthRows, graceSeconds: number): Adapter {
  const inGrace = (id: string): boolean => {
    const usedAt = rows.RefreshToken?.[hashToken(id)]?.consumedAt
    return usedAt !== undefined && Date.now() - usedAt < graceSeconds * 1000
  }
  return {
    ...adapter,
    async find(id) {
      const found = await adapter.find(id)
      return found && inGrace(id) ? { ...found, consumed: undefined } : found
    },
    consume: async (id) => (inGrace(id) ? undefined : adapter.consume(id)),
  }
}
