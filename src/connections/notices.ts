import { sql } from 'kysely'
import { OutsideError } from '#core/errors.ts'
import { type NamespaceId, newId, type WorkspaceId } from '#core/ids.ts'
import type { ConnectionsContext } from './context.ts'
import { signNotice } from './namespace-secret.ts'

const TRY_FOR_MS = 24 * 60 * 60 * 1000
const FIRST_RETRY_MS = 10_000
const TIMEOUT_MS = 10_000

/** Word of an outcome, to be sent to a product. Nothing in it is secret. */
export interface NewNotice {
  workspaceId: WorkspaceId
  namespaceId: NamespaceId
  /** Registered for the namespace; checked before. */
  url: string
  body: Record<string, unknown>
}

/** Notes what a product is to be told; it is sent in the background, and tried again with growing pauses for a day. */
export async function writeNotice(ctx: ConnectionsContext, notice: NewNotice): Promise<void> {
  const { workspaceId, namespaceId, url, body } = notice
  const id = newId('notice')
  const now = ctx.clock()
  await ctx.db
    .insertInto('notices')
    .values({
      id,
      workspace_id: workspaceId,
      namespace_id: namespaceId,
      url,
      body: JSON.stringify({ id, at: now.toISOString(), ...body }),
      created_at: now,
      next_at: now,
    })
    .execute()
}

/**
 * Sends what is due, once each; returns how many. Any answer of 2xx is taken for received; it may be sent again after a cut, under the same
 * `id`. What the egress refuses, a private address say, is given up at once. Safe on any number of machines.
 */
export async function deliverNotices(ctx: ConnectionsContext): Promise<number> {
  const due = await claimDue(ctx)
  await Promise.all(due.map((row) => deliver(ctx, row)))
  return due.length
}

const KEEP_FOR_MS = 30 * 24 * 60 * 60 * 1000

/** Forgets what was received, or given up, thirty days ago. */
export async function deleteOldNotices(ctx: ConnectionsContext): Promise<void> {
  const before = new Date(ctx.clock().getTime() - KEEP_FOR_MS)
  await ctx.db.deleteFrom('notices').where('finished_at', '<', before).execute()
}

type Claimed = Awaited<ReturnType<typeof claimDue>>[number]

function claimDue(ctx: ConnectionsContext) {
  const now = ctx.clock()
  return ctx.db
    .updateTable('notices')
    .from('namespaces')
    .set({
      attempts: sql<number>`notices.attempts + 1`,
      next_at: sql<Date>`${now}::timestamptz + ${FIRST_RETRY_MS} * (2 ^ least(notices.attempts, 9)) * interval '1 millisecond'`,
    })
    .whereRef('namespaces.id', '=', 'notices.namespace_id')
    .where('notices.id', 'in', (from) =>
      from
        .selectFrom('notices')
        .select('id')
        .where('status', '=', sql.lit('pending' as const))
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .limit(20)
        .forUpdate()
        .skipLocked(),
    )
    .returning([
      'notices.id',
      'notices.url',
      'notices.body',
      'notices.created_at',
      'notices.namespace_id',
      'namespaces.sealed_secret',
    ])
    .execute()
}

async function deliver(ctx: ConnectionsContext, row: Claimed): Promise<void> {
  try {
    const status = await send(ctx, row)
    if (status >= 200 && status < 300) return await finish(ctx, row, 'delivered', `HTTP status ${status}`)
    await note(ctx, row, `HTTP status ${status}`)
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error
    if (!error.retryable) return finish(ctx, row, 'failed', error.message)
    await note(ctx, row, error.message)
  }
}

async function send(ctx: ConnectionsContext, row: Claimed): Promise<number> {
  const body = JSON.stringify(row.body)
  const signature = await signNotice(ctx, { namespaceId: row.namespace_id, sealedSecret: row.sealed_secret, body })
  const { status } = await ctx.egress({
    method: 'POST',
    url: new URL(row.url),
    headers: { 'content-type': 'application/json', 'behalf-signature': signature },
    body,
    timeoutMs: TIMEOUT_MS,
    maxBytes: 64 * 1024,
  })
  return status
}

/** It is tried again, until a day is over. */
function note(ctx: ConnectionsContext, row: Claimed, outcome: string): Promise<void> {
  const overdue = ctx.clock().getTime() - row.created_at.getTime() > TRY_FOR_MS
  return overdue
    ? finish(ctx, row, 'failed', `Given up after a day: ${outcome}`)
    : setOutcome(ctx, row, { outcome: `Not yet: ${outcome}` })
}

function finish(ctx: ConnectionsContext, row: Claimed, status: 'delivered' | 'failed', outcome: string): Promise<void> {
  return setOutcome(ctx, row, { status, outcome, finished_at: ctx.clock() })
}

async function setOutcome(
  ctx: ConnectionsContext,
  { id }: Claimed,
  set: { outcome: string; status?: 'delivered' | 'failed'; finished_at?: Date },
): Promise<void> {
  await ctx.db.updateTable('notices').set(set).where('id', '=', id).execute()
}
