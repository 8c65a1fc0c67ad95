import { type Selectable, sql } from 'kysely'
import { Bug, OutsideError, UserError } from '#core/errors.ts'
import { inSpan } from '#core/trace.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { recordAudit } from '#people/audit.ts'
import type { Delivery, Outgoing } from '#surfaces/surface.ts'
import type { JobsContext } from './context.ts'
import { endJob } from './end-job.ts'
import { outboxPlace } from './seal-job-data.ts'

const CLAIM_MS = 30_000
const MAX_ATTEMPTS = 12

/**
 * Delivers what is due, claimed by one machine at a time; returns how many were tried. At least once: only a cut between sending and
 * noting repeats one, with the same id. Delivered bodies are erased.
 */
export async function deliverOutbox(ctx: JobsContext): Promise<number> {
  const claimedAt = ctx.clock()
  const claimed = await ctx.db
    .updateTable('outbox')
    .set({ attempts: sql<number>`attempts + 1`, next_at: sql<Date>`now() + ${CLAIM_MS} * interval '1 millisecond'` })
    .where('id', 'in', (from) =>
      from
        .selectFrom('outbox')
        .select('id')
        // why: a literal, so that PostgreSQL can use the partial index in a prepared statement.
        .where('status', '=', sql.lit('pending' as const))
        .where('next_at', '<=', sql<Date>`now()`)
        .orderBy('next_at')
        .limit(100)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .returning((from) =>
      from.selectFrom('jobs').select('traceparent').whereRef('jobs.id', '=', 'job_id').as('traceparent'),
    )
    .execute()
  // why: one person's messages must arrive in the order they were written.
  for (const row of claimed.sort((a, b) => (a.id < b.id ? -1 : 1)))
    if (await isStillClaimed(ctx, row, claimedAt)) await inSpan(ctx, hopOf(row), () => deliver(ctx, row))
  return claimed.length
}

type Claimed = Selectable<Tables['outbox']> & { traceparent: string | null }

/** Where those before it took long, its claim may have run out, and another have delivered it meanwhile. */
async function isStillClaimed(
  { db, clock }: JobsContext,
  { id, attempts }: Claimed,
  claimedAt: Date,
): Promise<boolean> {
  if (clock().getTime() - claimedAt.getTime() < CLAIM_MS / 3) return true
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({ next_at: sql<Date>`now() + ${CLAIM_MS} * interval '1 millisecond'` })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('status', '=', 'pending')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const hopOf = ({ job_id: job, traceparent: parent }: Claimed) =>
  ({ name: 'outbox', kind: 'consumer', job, parent }) as const

async function deliver(ctx: JobsContext, row: Claimed): Promise<void> {
  if (!row.sealed_address || !row.sealed_body) return
  let outgoing: Outgoing | null = null
  try {
    const key = await ctx.dataKeys.load(row.data_key_id)
    outgoing = key.open<Outgoing>(outboxPlace(row.id, 'body'), row.sealed_body)
    if (outgoing.kind === 'reply' && outgoing.replaces !== undefined && (await isTooEarly(ctx.db, row))) return
    const surface = ctx.surfaces.get(row.surface)
    if (!surface) throw new UserError('surface_unknown', `There is no surface called ${row.surface}.`)
    const delivery = {
      id: row.id,
      workspaceId: row.workspace_id,
      personId: row.person_id,
      jobId: row.job_id,
      address: key.open<Delivery['address']>(outboxPlace(row.id, 'address'), row.sealed_address),
      outgoing,
    }
    const hop = { name: `surfaces/${surface.name}`, message: outgoing.kind }
    await inSpan(ctx, hop, () => surface.deliver(delivery))
    ctx.checkpoint('reply delivered but not noted')
    await note(ctx.db, row.id, 'delivered')
  } catch (error) {
    await afterFailure(ctx, row, outgoing, error)
  }
}

/** What takes the place of a message waits for what its job has said before, which would undo it; it is due again in a second. */
async function isTooEarly(db: Db, { id, job_id }: Claimed): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({ attempts: sql<number>`attempts - 1`, next_at: sql<Date>`now() + interval '1 second'` })
    .where('id', '=', id)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('outbox as earlier')
          .select('earlier.id')
          .where('earlier.job_id', '=', job_id)
          .where('earlier.id', '<', id)
          .where('earlier.status', '=', sql.lit('pending' as const)),
      ),
    )
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function note(db: Db, id: string, status: 'delivered' | 'given_up') {
  const erased = { sealed_address: null, sealed_body: null }
  return db
    .updateTable('outbox')
    .set({ status, ...erased, delivered_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

/** `outgoing` is null when the message could not even be opened: nor will it be the next time. */
async function afterFailure(ctx: JobsContext, row: Claimed, outgoing: Outgoing | null, error: unknown): Promise<void> {
  const final =
    error instanceof UserError || error instanceof Bug || (error instanceof OutsideError && !error.retryable)
  ctx.log.warn(
    { outgoing: row.id, surface: row.surface, attempts: row.attempts, err: error },
    'a message was not delivered',
  )
  if (!final && row.attempts < MAX_ATTEMPTS) {
    const asked = error instanceof OutsideError ? (error.retryAfterMs ?? 0) : 0
    const pauseMs = Math.max(asked, Math.min(1000 * 2 ** row.attempts, 600_000))
    await ctx.db
      .updateTable('outbox')
      .set({ next_at: sql<Date>`now() + ${pauseMs} * interval '1 millisecond'` })
      .where('id', '=', row.id)
      .execute()
    return
  }
  await giveUp(ctx, row, outgoing, error)
}

/** A job that waits for what its person can never read ends, with the reason on record; of any other message the audit log knows why. */
async function giveUp(ctx: JobsContext, row: Claimed, outgoing: Outgoing | null, error: unknown): Promise<void> {
  const isKnown = error instanceof UserError || error instanceof OutsideError
  const { code, why } = isKnown ? { code: error.code, why: ` ${error.message}` } : { code: 'bug', why: '' }
  const { id: deliveryId, workspace_id: workspaceId, job_id: jobId, surface } = row
  await ctx.db.transaction().execute(async (tx) => {
    await note(tx, deliveryId, 'given_up')
    if (jobId === null) return
    const end = outgoing && UNDELIVERABLE[outgoing.kind]
    const hasEnded =
      end && (await endJob(ctx, tx, jobId, { status: 'failed', code: end.code, message: `${end.message}${why}` }))
    const details = { surface, kind: outgoing?.kind ?? null, code }
    if (!hasEnded)
      await recordAudit(tx, { workspaceId }, { action: 'job.message_undelivered', targetId: jobId, details })
  })
}

const UNDELIVERABLE: Partial<Record<Outgoing['kind'], { code: string; message: string }>> = {
  ask: {
    code: 'ask_undeliverable',
    message: 'The request to connect could not be delivered to you privately, so the job has ended.',
  },
  question: {
    code: 'question_undeliverable',
    message: 'What the job asks could not be delivered, so it has ended.',
  },
}
