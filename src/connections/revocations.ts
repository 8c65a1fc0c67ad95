import { sql } from 'kysely'
import { Bug, OutsideError } from '#core/errors.ts'
import { type ConnectionId, newId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectionsContext } from './context.ts'
import { grantPlace, type HeldTokens, openTokens, sealTokens } from './grant.ts'
import { whyKept } from './grant-in-use.ts'
import { loadParentAt } from './kept-clients.ts'
import { revokeTokens } from './oauth/revoke-tokens.ts'
import { authenticationOf, type Parent } from './parent.ts'
import type { SealedPlace } from './sealing/seal.ts'
import { whatOpens } from './sealing/what-opens.ts'

const TRY_FOR_MS = 24 * 60 * 60 * 1000
const FIRST_RETRY_MS = 30_000
const AT_ONCE = 20

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
    .using('connections')
    .whereRef('connections.id', '=', 'grants.connection_id')
    .where('connection_id', '=', connectionId)
    .returning(['sealed', 'account_id', 'granted_client_version'])
    .executeTakeFirst()
  if (!row) return null
  const tokens = await whatOpens(() => openTokens(ctx, grantPlace(connectionId), row.sealed))
  const clientVersion = row.granted_client_version ?? parent.clientVersion
  if (!tokens) return insertRevocation(ctx, tx, { connectionId, parent, status: 'failed', outcome: UNREADABLE })
  return revokeLater(ctx, tx, { connectionId, parent, tokens, accountId: row.account_id, clientVersion })
}

const UNREADABLE =
  'What was stored of this access does not open, so it could not be revoked: end it at the application.'

/** Tokens that nobody may use (any more), and what is known of them. */
export interface EndedTokens {
  connectionId: ConnectionId
  parent: Parent
  tokens: HeldTokens
  /** Whose they are at the application; left out: a child's own account, otherwise nobody knows. */
  accountId?: string | null
  /** Of the parent, as they were given; left out: as it is. */
  clientVersion?: number
}

const NO_CONNECTOR = 'Its connector is not part of this server any more: end the access at the application.'
const UNSUPPORTED = 'This application has no way to revoke access from outside: the person can do it there.'

/** Notes tokens to be revoked at the application; where it has no revocation, says so at once. Answers the revocation's id. */
export async function revokeLater(ctx: ConnectionsContext, tx: Db, ended: EndedTokens): Promise<string> {
  return insertRevocation(ctx, tx, { ...ended, ...howToBegin(ctx, ended.parent) })
}

function howToBegin(ctx: ConnectionsContext, parent: Parent): Pick<NewRevocation, 'status' | 'outcome'> {
  // why: a connector that was removed since must keep nobody from being cut off.
  if (!ctx.connectors.has(parent.connector)) return { status: 'failed', outcome: NO_CONNECTOR }
  const authentication = authenticationOf(ctx, parent)
  const possible = authentication.kind === 'oauth2' && authentication.server.revocation !== null
  return possible ? { status: 'pending', outcome: null } : { status: 'unsupported', outcome: UNSUPPORTED }
}

type NewRevocation = Omit<EndedTokens, 'tokens'> & {
  tokens?: EndedTokens['tokens']
  status: 'pending' | 'unsupported' | 'failed'
  outcome: string | null
}

async function insertRevocation(ctx: ConnectionsContext, tx: Db, wanted: NewRevocation): Promise<string> {
  const { connectionId, parent, tokens, accountId, clientVersion = parent.clientVersion, status, outcome } = wanted
  const id = newId('revocation')
  const pending = status === 'pending'
  await tx
    .insertInto('revocations')
    .values({
      id,
      workspace_id: parent.workspaceId,
      connection_id: connectionId,
      parent_id: parent.id,
      account_id: accountId === undefined ? accountOfChild(connectionId) : accountId,
      client_version: clientVersion,
      sealed: pending && tokens ? await sealTokens(ctx, revocationPlace(id), tokens) : null,
      status,
      outcome,
      created_at: ctx.clock(),
      next_at: ctx.clock(),
      finished_at: pending ? null : ctx.clock(),
    })
    .execute()
  const row = { workspace_id: parent.workspaceId, connection_id: connectionId }
  if (status === 'failed') await auditOutcome(tx, row, status)
  return id
}

const accountOfChild = (id: ConnectionId) =>
  sql<string | null>`(select account_id from connections where id = ${id} and parent_id is not null)`

/**
 * Tries what is due (or the one given) once, and returns how many were tried. A failure is tried again with growing intervals for a
 * day, then given up visibly; what would end another grant in use is kept. Safe on any number of machines: a row is claimed by moving
 * its next try.
 */
export async function attemptRevocations(ctx: ConnectionsContext, only?: string): Promise<number> {
  const due = await claimDue(ctx, only)
  await Promise.all(due.map((row) => attempt(ctx, row)))
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
        .limit(AT_ONCE)
        .forUpdate()
        .skipLocked()
      return only === undefined ? query : query.where('id', '=', only)
    })
    .returning([
      'id',
      'workspace_id',
      'connection_id',
      'parent_id',
      'account_id',
      'client_version',
      'sealed',
      'created_at',
    ])
    .execute()
}

async function attempt(ctx: ConnectionsContext, row: Claimed): Promise<void> {
  try {
    const parent = await loadParentAt(ctx.db, row.parent_id, row.client_version)
    const kept = await whyKept(ctx, { parent, accountId: row.account_id })
    if (kept) return await finish(ctx, row, 'kept', kept)
    await revokeAtApplication(ctx, row, parent)
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

async function revokeAtApplication(ctx: ConnectionsContext, row: Claimed, parent: Parent): Promise<void> {
  if (!row.sealed) throw new Bug(`revocation ${row.id} has lost its tokens`)
  const tokens = await openTokens(ctx, revocationPlace(row.id), row.sealed)
  await revokeTokens(ctx, parent, {
    tokens,
    async keep(renewed) {
      const sealed = await sealTokens(ctx, revocationPlace(row.id), renewed)
      await ctx.db.updateTable('revocations').set({ sealed }).where('id', '=', row.id).execute()
    },
  })
}

const OUTCOME_ACTIONS = {
  revoked: 'connection.revoked_at_application',
  kept: 'connection.kept_at_application',
  failed: 'connection.revocation_failed',
} as const

type Outcome = keyof typeof OUTCOME_ACTIONS

async function finish(ctx: ConnectionsContext, row: Claimed, status: Outcome, outcome: string): Promise<void> {
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
  status: Outcome,
): Promise<void> {
  const action = OUTCOME_ACTIONS[status]
  return recordAudit(tx, { workspaceId: workspace_id }, { action, targetId: connection_id, details: {} })
}
