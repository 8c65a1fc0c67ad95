import { sql } from 'kysely'
import type { ConnectionId } from '#core/ids.ts'
import { withRetries } from '#core/with-retries.ts'
import { isDatabaseOutage } from '#database/is-database-outage.ts'
import { forgiveParent } from './blame-parent.ts'
import type { ConnectionsContext } from './context.ts'
import { grantPlace, loadGrant, rememberGrant, sealTokens, type Tokens } from './grant.ts'
import { keepAliveAt } from './idle-limit.ts'
import type { Parent } from './parent.ts'
import type { RefreshOutcome } from './refresh-grant.ts'
import { revokeLater } from './revocations.ts'

// why: these tokens are the only good ones, and nowhere but here: a database that is away is waited for, a minute and more.
const SAVE_AGAIN_AFTER_MS = [50, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000]

interface Refreshed {
  parent: Parent
  connectionId: ConnectionId
  /** The version whose refresh token was sent. */
  from: string
  tokens: Tokens
}

/**
 * Stores what a refresh gave, if the stored version is still the one it began from, whoever holds the lease by now; else answers the
 * newer one. For a connection that is no longer live it stores nothing, and what was given is revoked.
 */
export function saveRefreshed(ctx: ConnectionsContext, refreshed: Refreshed): Promise<RefreshOutcome> {
  return withRetries(SAVE_AGAIN_AFTER_MS, isDatabaseOutage, async () => {
    const { parent, connectionId, from, tokens } = refreshed
    const version = await save(ctx, refreshed)
    if (version !== undefined) {
      const grant = { ...tokens, version }
      rememberGrant(ctx, connectionId, grant)
      if (parent.status === 'exception') await forgiveParent(ctx, parent)
      return { kind: 'refreshed', grant }
    }
    const newer = await loadGrant(ctx, connectionId)
    if (newer && newer.version !== from) return { kind: 'refreshed', grant: newer }
    await revokeLater(ctx, ctx.db, { connectionId, parent, tokens })
    return { kind: 'gone' }
  })
}

/** The new version; undefined when it was not stored. */
async function save(
  ctx: ConnectionsContext,
  { parent, connectionId, from, tokens }: Refreshed,
): Promise<string | undefined> {
  const saved = await ctx.db
    .updateTable('grants')
    .set({
      sealed: await sealTokens(ctx, grantPlace(connectionId), tokens),
      scopes: tokens.scopes,
      access_expires_at: tokens.accessExpiresAt,
      version: sql<string>`version + 1`,
      lease_holder: null,
      lease_until: null,
      keep_alive_at: keepAliveAt(ctx, parent, { connectionId, tokens }),
      keep_alive_attempts: 0,
      updated_at: sql<Date>`now()`,
    })
    .where('connection_id', '=', connectionId)
    .where('version', '=', from)
    .where(isLive(connectionId))
    .returning('version')
    .executeTakeFirst()
  return saved?.version
}

/** Whether the connection may still receive tokens: not deleted, and for a child its parent and person alive. */
const isLive = (connectionId: ConnectionId) => sql<boolean>`exists (
  select from connections c
  left join connections p on p.id = c.parent_id
  left join persons on persons.id = c.person_id
  where c.id = ${connectionId} and c.deleted_at is null
    and (c.parent_id is null or (c.status = 'connected' and p.deleted_at is null and persons.status = 'active'))
)`
