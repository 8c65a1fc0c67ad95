import { timingSafeEqual } from 'node:crypto'
import type { ConnectTieId, ConnectVisitId, JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { giveBackToLimit, takeFromLimit } from '#people/rate-limit.ts'
import { burnLinks } from './burn-links.ts'
import { codeText, isCode } from './connect-tie.ts'
import type { AskingContext } from './context.ts'

const TRIES = 10
const WINDOW_MS = 15 * 60 * 1000

export type TypedCode =
  /** One browser is this person's now, for one visit. */
  | { kind: 'tied' }
  /** No link of theirs is open in a browser that waits for a code: nothing was compared, nothing happened. */
  | { kind: 'nothing_waits' }
  | { kind: 'wrong'; paused: boolean }
  /** No code looks like that: a slip of the hand, and no guess. */
  | { kind: 'unreadable' }
  | { kind: 'too_many'; retryAfterSeconds: number }

/**
 * A person typed a code in their chat. It ties the one browser that shows it, to the one visit it shows it for. Compared with the codes of
 * this person's own visits alone: whose link it is, is whose chat counts. A wrong one burns every link of theirs that waits for a code.
 */
export async function typeCode(ctx: AskingContext, person: Person, typed: string): Promise<TypedCode> {
  const key = `connect:code:${person.id}`
  const taken = await takeFromLimit(ctx.db, { key, limit: TRIES, windowMs: WINDOW_MS }, ctx.clock())
  if (!taken.allowed) return { kind: 'too_many', retryAfterSeconds: taken.retryAfterSeconds }
  const answer = await ctx.db.transaction().execute((tx) => compare(ctx, tx, person, typed))
  if (answer.kind === 'tied') await giveBackToLimit(ctx.db, key)
  return answer
}

/** The person did not open anything: every link of theirs that another browser opened is burnt. */
export async function denyOpening(
  ctx: AskingContext,
  person: Person,
): Promise<{ kind: 'burnt'; paused: boolean } | { kind: 'nothing_waits' }> {
  return ctx.db.transaction().execute(async (tx) => {
    const ties = await lockTies(ctx, tx, person)
    if (ties.length === 0) return { kind: 'nothing_waits' }
    return { kind: 'burnt', paused: await burnLinks(ctx, tx, { person, visits: visitsOf(ties), why: 'not_me' }) }
  })
}

async function compare(ctx: AskingContext, tx: Db, person: Person, typed: string): Promise<TypedCode> {
  const waiting = (await lockTies(ctx, tx, person)).filter(({ tied_at, spent_at }) => !tied_at && !spent_at)
  if (waiting.length === 0) return { kind: 'nothing_waits' }
  if (!isCode(typed)) return { kind: 'unreadable' }
  const right: Tie[] = []
  for (const tie of waiting) if (await isCodeOf(ctx, tie, typed)) right.push(tie)
  const [tie] = right
  if (!tie) {
    const paused = await burnLinks(ctx, tx, { person, visits: visitsOf(waiting), why: 'wrong_code' })
    return { kind: 'wrong', paused }
  }
  await tx.updateTable('connect_ties').set({ tied_at: ctx.clock() }).where('id', '=', tie.id).execute()
  const details = { person_id: person.id, tie_id: tie.id }
  const event = { action: 'connect.browser_tied', targetId: tie.visit_id, details } as const
  await recordAudit(tx, { workspaceId: person.workspaceId }, event)
  return { kind: 'tied' }
}

interface Tie {
  id: ConnectTieId
  visit_id: ConnectVisitId
  job_id: JobId | null
  data_key_id: string
  code_hash: Buffer
  tied_at: Date | null
  spent_at: Date | null
}

/** The browsers that opened this person's open visits; the visits are held, so that of two codes typed at once one comes after the other. */
function lockTies(ctx: AskingContext, tx: Db, { id: personId }: Person): Promise<Tie[]> {
  return tx
    .selectFrom('connect_visits')
    .innerJoin('connect_ties', 'connect_ties.visit_id', 'connect_visits.id')
    .select([
      'connect_ties.id',
      'visit_id',
      'job_id',
      'connect_ties.data_key_id',
      'code_hash',
      'tied_at',
      'connect_visits.spent_at',
    ])
    .where('person_id', '=', personId)
    .where('connect_visits.status', '=', 'open')
    .where('expires_at', '>', ctx.clock())
    .orderBy('connect_visits.id')
    .forUpdate()
    .execute()
}

async function isCodeOf(ctx: AskingContext, tie: Tie, typed: string): Promise<boolean> {
  const key = await ctx.dataKeys.load(tie.data_key_id)
  return timingSafeEqual(key.fingerprint(codeText(tie.visit_id, typed)), tie.code_hash)
}

const visitsOf = (ties: Tie[]) => [
  ...new Map(ties.map((tie) => [tie.visit_id, { id: tie.visit_id, jobId: tie.job_id }])).values(),
]
