import { sql } from 'kysely'
import { OutsideError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectionsContext } from './context.ts'
import { grantPlace, loadGrant, type OpenGrant, rememberGrant, sealTokens, type Tokens } from './grant.ts'
import { refreshTokens, TOKEN_TIMEOUT_MS } from './oauth/token-endpoint.ts'
import type { Parent } from './parent.ts'
import { revokeLater } from './revocations.ts'

export type RefreshOutcome =
  | { kind: 'refreshed'; grant: OpenGrant }
  /** The application refused: the person must authorize again. The connection is marked lost. */
  | { kind: 'refused' }
  /** There is no grant any more: it was disconnected or deleted meanwhile. What came back was revoked. */
  | { kind: 'gone' }

// why: a lease that ended before its request would let two machines send the same refresh token.
const LEASE_MS = TOKEN_TIMEOUT_MS + 10_000
const LEASE_POLL_MS = 100

/**
 * Trades the grant's refresh token for fresh tokens, unless somebody did since `staleVersion`: one request is sent however many
 * jobs on however many machines ask at once. In this process callers share one promise; between machines a lease in the row
 * decides who may send, and no database connection is held meanwhile. A save counts when the stored version is still the one the
 * refresh began from, whoever holds the lease by then. Throws `OutsideError` when the application is down or refuses the client:
 * that never marks a person's connection lost.
 */
export async function refreshGrant(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  staleVersion: string,
): Promise<RefreshOutcome> {
  for (;;) {
    const running = ctx.refreshes.get(connectionId)
    const outcome = await (running ?? startRefresh(ctx, parent, connectionId, staleVersion))
    // why: a refresh that was already running may have ended with the very version that we hold stale.
    if (outcome.kind !== 'refreshed' || outcome.grant.version !== staleVersion) return outcome
  }
}

function startRefresh(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  staleVersion: string,
): Promise<RefreshOutcome> {
  const refresh = refreshUnderLease(ctx, parent, connectionId, staleVersion).finally(() =>
    ctx.refreshes.delete(connectionId),
  )
  ctx.refreshes.set(connectionId, refresh)
  return refresh
}

async function refreshUnderLease(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  staleVersion: string,
): Promise<RefreshOutcome> {
  for (;;) {
    const grant = await loadGrant(ctx, connectionId)
    if (!grant) return { kind: 'gone' }
    if (grant.version !== staleVersion) return { kind: 'refreshed', grant }
    if (!grant.refreshToken) return declareLost(ctx, parent, connectionId, grant, 'no_refresh_token')
    if (await takeLease(ctx, connectionId, staleVersion)) return sendRefresh(ctx, parent, connectionId, grant)
    await new Promise((resolve) => setTimeout(resolve, LEASE_POLL_MS * (0.5 + Math.random())))
  }
}

async function takeLease(ctx: ConnectionsContext, connectionId: ConnectionId, version: string): Promise<boolean> {
  const taken = await ctx.db
    .updateTable('grants')
    .set({ lease_holder: ctx.processId, lease_until: sql<Date>`now() + ${LEASE_MS} * interval '1 millisecond'` })
    .where('connection_id', '=', connectionId)
    .where('version', '=', version)
    .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', sql<Date>`now()`)]))
    .executeTakeFirst()
  return taken.numUpdatedRows > 0n
}

async function sendRefresh(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  grant: OpenGrant,
): Promise<RefreshOutcome> {
  const { refreshToken } = grant
  if (!refreshToken) return { kind: 'refused' }
  try {
    const answer = await refreshTokens(ctx, parent, { ...grant, refreshToken })
    if (answer.kind === 'granted') return await saveRefreshed(ctx, parent, connectionId, grant.version, answer.tokens)
    return await afterRefusal(ctx, parent, connectionId, grant, answer.error)
  } catch (error) {
    await releaseLease(ctx, connectionId, grant.version)
    if (error instanceof OutsideError && error.code === 'parent_client_refused') await blameParent(ctx, parent)
    throw error
  }
}

async function saveRefreshed(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  from: string,
  tokens: Tokens,
): Promise<RefreshOutcome> {
  const sealed = await sealTokens(ctx, grantPlace(connectionId), tokens)
  const saved = await ctx.db
    .updateTable('grants')
    .set({
      sealed,
      scopes: tokens.scopes,
      access_expires_at: tokens.accessExpiresAt,
      version: sql<string>`version + 1`,
      lease_holder: null,
      lease_until: null,
      updated_at: sql<Date>`now()`,
    })
    .where('connection_id', '=', connectionId)
    .where('version', '=', from)
    .where(isLive(connectionId))
    .returning('version')
    .executeTakeFirst()
  if (saved) {
    const grant = { ...tokens, version: saved.version }
    rememberGrant(ctx, connectionId, grant)
    return { kind: 'refreshed', grant }
  }
  const newer = await loadGrant(ctx, connectionId)
  if (newer && newer.version !== from) return { kind: 'refreshed', grant: newer }
  await revokeLater(ctx, ctx.db, { connectionId, parent, tokens })
  return { kind: 'gone' }
}

/** Whether the connection may still receive tokens: not deleted, and for a child its parent and person alive. */
const isLive = (connectionId: ConnectionId) => sql<boolean>`exists (
  select from connections c
  left join connections p on p.id = c.parent_id
  left join persons on persons.id = c.person_id
  where c.id = ${connectionId} and c.deleted_at is null
    and (c.parent_id is null or (c.status = 'connected' and p.deleted_at is null and persons.status = 'active'))
)`

async function afterRefusal(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  grant: OpenGrant,
  error: string,
): Promise<RefreshOutcome> {
  // why: another holder may have stored newer tokens after we read; then the refusal speaks of the old ones.
  const now = await loadGrant(ctx, connectionId)
  if (!now) return { kind: 'gone' }
  if (now.version !== grant.version) return { kind: 'refreshed', grant: now }
  return declareLost(ctx, parent, connectionId, grant, error)
}

async function declareLost(
  ctx: ConnectionsContext,
  parent: Parent,
  connectionId: ConnectionId,
  grant: OpenGrant,
  error: string,
): Promise<RefreshOutcome> {
  return ctx.db.transaction().execute(async (tx) => {
    const deleted = await tx
      .deleteFrom('grants')
      .where('connection_id', '=', connectionId)
      .where('version', '=', grant.version)
      .executeTakeFirst()
    if (deleted.numDeletedRows === 0n) return { kind: 'gone' }
    await tx
      .updateTable('connections')
      .set({
        status: connectionId === parent.id ? 'failed' : 'lost',
        status_reason: `The application refused to renew the access (${error}).`,
        status_at: ctx.clock(),
      })
      .where('id', '=', connectionId)
      .where('deleted_at', 'is', null)
      .where('status', 'not in', ['orphaned', 'disconnected'])
      .execute()
    await recordAudit(
      tx,
      { workspaceId: parent.workspaceId },
      {
        action: 'connection.lost',
        targetId: connectionId,
        details: { error },
      },
    )
    return { kind: 'refused' }
  })
}

async function releaseLease(ctx: ConnectionsContext, connectionId: ConnectionId, version: string): Promise<void> {
  await ctx.db
    .updateTable('grants')
    .set({ lease_holder: null, lease_until: null })
    .where('connection_id', '=', connectionId)
    .where('version', '=', version)
    .where('lease_holder', '=', ctx.processId)
    .execute()
}

/** The OAuth client was refused: everyone under this parent is affected, and nobody's own grant is at fault. */
async function blameParent(ctx: ConnectionsContext, parent: Parent): Promise<void> {
  await ctx.db
    .updateTable('connections')
    .set({
      status: 'exception',
      status_reason: 'The application refuses the OAuth client: check its id and secret.',
      status_at: ctx.clock(),
    })
    .where('id', '=', parent.id)
    .where('deleted_at', 'is', null)
    .execute()
}
