import type { Credential } from '#connectors/connector.ts'
import type { ConnectionId } from '#core/ids.ts'
import { Secret } from '#core/secret.ts'
import type { Db } from '#database/db.ts'
import type { ConnectionsContext } from './context.ts'
import { keepAliveAt } from './idle-limit.ts'
import type { Parent } from './parent.ts'
import { open, type SealedPlace, seal } from './sealing/seal.ts'

/** What an application gave us for one account. */
export interface Tokens {
  /** `form`: what a person typed, as JSON in `accessToken`; it is never refreshed. */
  connectedBy: Credential['kind']
  accessToken: Secret
  refreshToken: Secret | null
  /** As the application named them. */
  scopes: string[]
  /** As they were asked for when the person gave their leave. */
  askedScopes: string[]
  /** By our clock; null: until it is refused. */
  accessExpiresAt: Date | null
  /** The token response without its tokens: some applications name the instance in it. */
  response: Record<string, unknown>
}

/** What of them is sealed. */
export type HeldTokens = Pick<Tokens, 'connectedBy' | 'accessToken' | 'refreshToken' | 'response'>

/** Tokens as they stand in the database, with the version that a save must start from. */
export interface OpenGrant extends Tokens {
  version: string
}

interface SealedTokens {
  connected_by: Credential['kind']
  access_token: string
  refresh_token: string | null
  response: Record<string, unknown>
}

export const grantPlace = (connectionId: ConnectionId): SealedPlace => ({
  table: 'grants',
  id: connectionId,
  column: 'sealed',
})

/** Seals tokens for one place: the grant of a connection, or a revocation. */
export function sealTokens(ctx: ConnectionsContext, place: SealedPlace, tokens: HeldTokens): Promise<Buffer> {
  const value: SealedTokens = {
    connected_by: tokens.connectedBy,
    access_token: tokens.accessToken.reveal(),
    refresh_token: tokens.refreshToken?.reveal() ?? null,
    response: tokens.response,
  }
  return seal(ctx.keys, place, value)
}

export async function openTokens(ctx: ConnectionsContext, place: SealedPlace, sealed: Buffer): Promise<HeldTokens> {
  const value = await open<SealedTokens>(ctx.keys, place, sealed)
  return {
    connectedBy: value.connected_by,
    accessToken: new Secret(value.access_token),
    refreshToken: value.refresh_token === null ? null : new Secret(value.refresh_token),
    response: value.response,
  }
}

/** What `authorize` of a connector is given: the credential in clear, to build one request. */
export function revealCredential({
  connectedBy: kind,
  accessToken,
}: Pick<Tokens, 'connectedBy' | 'accessToken'>): Credential {
  const text = accessToken.reveal()
  return kind === 'oauth2' ? { kind, accessToken: text } : { kind, values: JSON.parse(text) }
}

/** The opened grant of a connection; undefined when it has none. Reads the sealed bytes only when the version is not in memory. */
export async function loadGrant(ctx: ConnectionsContext, connectionId: ConnectionId): Promise<OpenGrant | undefined> {
  const row = await ctx.db
    .selectFrom('grants')
    .select(['version', 'sealed', 'scopes', 'asked_scopes', 'access_expires_at'])
    .where('connection_id', '=', connectionId)
    .executeTakeFirst()
  if (!row) return undefined
  const tokens = await openTokens(ctx, grantPlace(connectionId), row.sealed)
  const grant = {
    ...tokens,
    version: row.version,
    scopes: row.scopes,
    askedScopes: row.asked_scopes,
    accessExpiresAt: row.access_expires_at,
  }
  rememberGrant(ctx, connectionId, grant)
  return grant
}

const REMEMBERED_GRANTS = 10_000

/** Keeps an opened grant in memory for its version; the oldest leaves when there are too many. */
export function rememberGrant(ctx: ConnectionsContext, connectionId: ConnectionId, grant: OpenGrant): void {
  ctx.openGrants.delete(connectionId)
  ctx.openGrants.set(connectionId, grant)
  if (ctx.openGrants.size > REMEMBERED_GRANTS) {
    const oldest = ctx.openGrants.keys().next()
    if (!oldest.done) ctx.openGrants.delete(oldest.value)
  }
}

/** Writes the first tokens of a fresh authorization: a grant that stood here before must have been taken out (see revocations). */
export async function insertGrant(
  ctx: ConnectionsContext,
  tx: Db,
  { parent, connectionId, tokens }: { parent: Parent; connectionId: ConnectionId; tokens: Tokens },
): Promise<void> {
  await tx
    .insertInto('grants')
    .values({
      connection_id: connectionId,
      // why: versions of successive grants must never meet, or a late refresh of the old one could overwrite the new one.
      version: String(ctx.clock().getTime()),
      sealed: await sealTokens(ctx, grantPlace(connectionId), tokens),
      scopes: tokens.scopes,
      asked_scopes: tokens.askedScopes,
      access_expires_at: tokens.accessExpiresAt,
      lease_holder: null,
      lease_until: null,
      keep_alive_at: keepAliveAt(ctx, parent, { connectionId, tokens }),
      authorized_at: ctx.clock(),
    })
    .execute()
}
