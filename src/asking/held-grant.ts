import type { OutsideAccount } from '#connections/authorize.ts'
import { openTokens, sealTokens, type Tokens } from '#connections/grant.ts'
import { findParent } from '#connections/parent.ts'
import { attemptRevocations, revokeLater } from '#connections/revocations.ts'
import type { SealedPlace } from '#connections/sealing/seal.ts'
import { whatOpens } from '#connections/sealing/what-opens.ts'
import type { Db } from '#database/db.ts'
import type { AskingContext } from './context.ts'
import type { Attempt } from './refuse-callback.ts'

/** How long a person may take to say that they mean an account. */
const HELD_FOR_MS = 10 * 60 * 1000

/** Fresh tokens that nobody may use yet: their person is asked first whether this is the account they mean. */
export interface HeldGrant {
  tokens: Tokens
  account: OutsideAccount
  /** The account that this one would take the place of; null when there was none. */
  insteadOf: string | null
}

const placeOf = (attemptId: string): SealedPlace => ({ table: 'held_grants', id: attemptId, column: 'sealed' })

/** Holds tokens, sealed, for ten minutes, in the caller's transaction. */
export async function holdGrant(
  ctx: AskingContext,
  tx: Db,
  { attempt, tokens, account, insteadOf }: HeldGrant & { attempt: Attempt },
): Promise<void> {
  await tx
    .insertInto('held_grants')
    .values({
      attempt_id: attempt.id,
      workspace_id: attempt.workspace_id,
      sealed: await sealTokens(ctx, placeOf(attempt.id), tokens),
      scopes: tokens.scopes,
      asked_scopes: tokens.askedScopes,
      access_expires_at: tokens.accessExpiresAt,
      account_id: account.id,
      account_label: account.label,
      account_email: account.email,
      instead_of: insteadOf,
      expires_at: new Date(ctx.clock().getTime() + HELD_FOR_MS),
    })
    .execute()
}

/** What is held of an attempt, without its tokens; undefined when nothing is, or no longer. */
export function findHeld(ctx: AskingContext, attemptId: string) {
  return ctx.db
    .selectFrom('held_grants')
    .select(['account_label', 'account_email', 'instead_of'])
    .where('attempt_id', '=', attemptId)
    .where('expires_at', '>', ctx.clock())
    .executeTakeFirst()
}

/** Takes what is held out, in the caller's transaction: of several at once one gets it. Undefined when it lapsed. */
export async function takeHeld(ctx: AskingContext, tx: Db, attemptId: string): Promise<HeldGrant | undefined> {
  const row = await tx
    .deleteFrom('held_grants')
    .where('attempt_id', '=', attemptId)
    .where('expires_at', '>', ctx.clock())
    .returningAll()
    .executeTakeFirst()
  if (!row) return undefined
  const opened = await openTokens(ctx, placeOf(attemptId), row.sealed)
  return {
    tokens: {
      ...opened,
      scopes: row.scopes,
      askedScopes: row.asked_scopes,
      accessExpiresAt: row.access_expires_at,
    },
    account: { id: row.account_id, label: row.account_label, email: row.account_email },
    insteadOf: row.instead_of,
  }
}

/** Gives back what is held of one attempt: it is revoked at the application. Does nothing when it is gone. */
export function revokeHeld(ctx: AskingContext, attemptId: string): Promise<void> {
  return giveBack(ctx, [attemptId])
}

const AT_ONCE = 50

/** Gives back what was left alone. Safe on any number of machines: each is taken out once. */
export async function revokeLapsedHeld(ctx: AskingContext): Promise<void> {
  const lapsed = await ctx.db
    .selectFrom('held_grants')
    .select('attempt_id')
    .where('expires_at', '<=', ctx.clock())
    .limit(AT_ONCE)
    .execute()
  await giveBack(
    ctx,
    lapsed.map(({ attempt_id }) => attempt_id),
  )
}

async function giveBack(ctx: AskingContext, attemptIds: string[]): Promise<void> {
  for (const id of attemptIds) {
    const revocation = await ctx.db.transaction().execute((tx) => toRevocation(ctx, tx, id))
    if (revocation) await attemptRevocations(ctx, revocation)
  }
}

async function toRevocation(ctx: AskingContext, tx: Db, attemptId: string): Promise<string | undefined> {
  const row = await tx
    .deleteFrom('held_grants')
    .where('attempt_id', '=', attemptId)
    .returning(['sealed', 'account_id'])
    .returning((held) =>
      held
        .selectFrom('connect_attempts')
        .select('parent_id')
        .whereRef('connect_attempts.id', '=', 'held_grants.attempt_id')
        .as('parent_id'),
    )
    .executeTakeFirst()
  const parent = row?.parent_id && (await findParent(tx, row.parent_id))
  if (!row || !parent) return undefined
  // why: what does not open any more can only be let go.
  const tokens = await whatOpens(() => openTokens(ctx, placeOf(attemptId), row.sealed))
  // What was typed nobody gave us, so there is nothing to give back.
  if (tokens?.connectedBy === 'form') return undefined
  return tokens && revokeLater(ctx, tx, { connectionId: parent.id, parent, tokens, accountId: row.account_id })
}
