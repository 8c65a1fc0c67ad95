import { sql } from 'kysely'
import { Bug, OutsideError } from '#core/errors.ts'
import { type ConnectionId, newId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectionsContext } from './context.ts'
import { grantPlace, openTokens, sealTokens, type Tokens } from './grant.ts'
import { revokeToken } from './oauth/token-endpoint.ts'
import { authenticationOf, findParent, type Parent } from './parent.ts'
import type { SealedPlace } from './sealing/seal.ts'

const TRY_FOR_MS = 24 * 60 * 60 * 1000
const FIRST_RETRY_MS = 30_000

const revocationPlace = (id: string): SealedPlace => ({ table: 'revocations', id, column: 'sealed' })

/**
 * Takes the grant of a connection out, in the caller's transaction: from its commit on nothing can be sent with it, and a row says
 * that it is to be revoked at the application. Answers the revocation's id; null when there was no grant.
 */
export async function takeOutGrant(
  ctx: ConnectionsContext,
  tx: Db,
  { connectionId, parent }: { connectionId: ConnectionId; parent: Parent },
): Promise<string | null> {
  const row = await tx
    .deleteFrom('grants')
    .where('connection_id', '=', connectionId)
    .returning(['sealed', 'scopes', 'asked_scopes', 'access_expires_at'])
    .executeTakeFirst()
  if (!row) return null
  const opened = await openTokens(ctx, grantPlace(connectionId), row.sealed).catch(ifBroken)
  if (!opened) return noteUnreadable(ctx, tx, { connectionId, parent })
  const tokens = {
    ...opened,
    scopes: row.scopes,
    askedScopes: row.asked_scopes,
    accessExpiresAt: row.access_expires_at,
  }
  return revokeLater(ctx, tx, { connectionId, parent, tokens })
}

const UNREADABLE =
  'What was stored of this access does not open, so it could not be revoked: end it at the application.'

/** why: a person must be able to cut off, and to connect anew, even what nobody can open any more. */
async function noteUnreadable(
  ctx: ConnectionsContext,
  tx: Db,
  { connectionId, parent }: { connectionId: ConnectionId; parent: Parent },
): Promise<null> {
  await tx
    .insertInto('revocations')
    .values({
      id: newId('revocation'),
      workspace_id: parent.workspaceId,
      connection_id: connectionId,
      parent_id: parent.id,
      status: 'failed',
      outcome: UNREADABLE,
      created_at: ctx.clock(),
      finished_at: ctx.clock(),
    })
    .execute()
  await auditOutcome(tx, { workspace_id: parent.workspaceId, connection_id: connectionId }, 'failed')
  return null
}

/** Undefined for a `Bug`: what was sealed does not open. Any other fault is thrown on. */
function ifBroken(error: unknown): undefined {
  if (!(error instanceof Bug)) throw error
}

/** Notes tokens that nobody may use, to be revoked at the application; where it has no revocation, says so at once. */
export async function revokeLater(
  ctx: ConnectionsContext,
  tx: Db,
  { connectionId, parent, tokens }: { connectionId: ConnectionId; parent: Parent; tokens: Tokens },
): Promise<string> {
  const id = newId('revocation')
  const authentication = authenticationOf(ctx, parent)
  const possible = authentication.kind === 'oauth2' && authentication.server.revocation !== null
  await tx
    .insertInto('revocations')
    .values({
      id,
      workspace_id: parent.workspaceId,
      connection_id: connectionId,
      parent_id: parent.id,
      sealed: possible ? await sealTokens(ctx, revocationPlace(id), tokens) : null,
      status: possible ? 'pending' : 'unsupported',
      outcome: possible
        ? null
        : 'This application has no way to revoke access from outside: the person can do it there.',
      created_at: ctx.clock(),
      next_at: ctx.clock(),
      finished_at: possible ? null : ctx.clock(),
    })
    .execute()
  return id
}

/**
 * Tries what is due (or the one given) once, and returns how many were tried. A failure is tried again with growing intervals for a
 * day, then given up visibly. Safe on any number of machines: a row is claimed by moving its next try.
 */
export async function attemptRevocations(ctx: ConnectionsContext, only?: string): Promise<number> {
  const due = await claimDue(ctx, only)
  for (const row of due) await attempt(ctx, row)
  return due.length
}

type Claimed = Awaited<ReturnType<typeof claimDue>>[number]

function claimDue(ctx: ConnectionsContext, only: string | undefined) {
  const now = ctx.clock()
  return ctx.db
    .updateTable('revocations')
    .set({
      attempts: sql<number>`attempts + 1`,
      next_at: sql<Date>`${now}::timestamptz + ${FIRST_RETRY_MS} * (2 ^ least(attempts, 7)) * interval '1 millisecond'`,
    })
    .where('id', 'in', (from) => {
      const query = from
        .selectFrom('revocations')
        .select('id')
        // why: a literal, so that PostgreSQL can use the partial index in a prepared statement.
        .where('status', '=', sql.lit('pending' as const))
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .limit(50)
        .forUpdate()
        .skipLocked()
      return only === undefined ? query : query.where('id', '=', only)
    })
    .returning(['id', 'workspace_id', 'connection_id', 'parent_id', 'sealed', 'created_at'])
    .execute()
}

async function attempt(ctx: ConnectionsContext, row: Claimed): Promise<void> {
  try {
    await revokeAtApplication(ctx, row)
    await finish(ctx, row, 'revoked', 'Revoked at the application.')
  } catch (error) {
    if (error instanceof Bug) return finish(ctx, row, 'failed', UNREADABLE)
    if (!(error instanceof OutsideError)) throw error
    const overdue = ctx.clock().getTime() - row.created_at.getTime() > TRY_FOR_MS
    if (overdue) await finish(ctx, row, 'failed', `Given up after a day: ${error.message}`)
    else
      await ctx.db
        .updateTable('revocations')
        .set({ outcome: `Not yet: ${error.message}` })
        .where('id', '=', row.id)
        .execute()
  }
}

async function revokeAtApplication(ctx: ConnectionsContext, row: Claimed): Promise<void> {
  const parent = await findParent(ctx.db, row.parent_id)
  if (!parent || !row.sealed) throw new Bug(`revocation ${row.id} has lost its parent or its tokens`)
  const tokens = await openTokens(ctx, revocationPlace(row.id), row.sealed)
  // why: ending the refresh token ends the grant at most applications; the access token is ended where that left it alive.
  if (tokens.refreshToken) await revokeToken(ctx, parent, tokens.refreshToken)
  await revokeToken(ctx, parent, tokens.accessToken)
}

async function finish(
  ctx: ConnectionsContext,
  row: Claimed,
  status: 'revoked' | 'failed',
  outcome: string,
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await tx
      .updateTable('revocations')
      .set({ status, outcome, sealed: null, finished_at: ctx.clock() })
      .where('id', '=', row.id)
      .execute()
    await auditOutcome(tx, row, status)
  })
}

function auditOutcome(
  tx: Db,
  { workspace_id, connection_id }: Pick<Claimed, 'workspace_id' | 'connection_id'>,
  status: 'revoked' | 'failed',
): Promise<void> {
  const action = status === 'revoked' ? 'connection.revoked_at_application' : 'connection.revocation_failed'
  return recordAudit(tx, { workspaceId: workspace_id }, { action, targetId: connection_id, details: {} })
}
