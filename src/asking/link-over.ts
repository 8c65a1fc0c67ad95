import type { Context } from 'hono'
import { addressBlock } from '#people/address-block.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import { sendPage } from './browser.ts'
import type { ConnectVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { linkOverPage } from './pages/link-over-page.ts'
import { messagePage } from './pages/message-page.ts'

/**
 * The page of a link that lapsed, was replaced or given up: whoever opens it is told what to do now, and nothing of the person it was for.
 * While its job waits it offers a fresh message, sent where that came from; `path` is the page's own address, null where it may offer none.
 */
export async function showLinkOver(
  ctx: AskingContext,
  c: Context,
  { visit, path }: { visit: ConnectVisit; path: string | null },
): Promise<Response> {
  const status = visit.jobId === null ? null : await jobStatus(ctx, visit)
  const page = await linkOverPage({
    burnt: visit.status === 'burnt',
    job: status === null ? 'none' : status === 'waiting_for_connection' ? 'waits' : 'over',
    action: path && `${path}/fresh`,
    returnTo: visit.returnTo,
  })
  return sendPage(c, page, { status: 410 })
}

/** Whether a visit lapsed, was replaced or given up: not whether its person finished it. */
export const isGone = ({ status, expiresAt }: ConnectVisit, now: Date): boolean =>
  ['expired', 'superseded', 'burnt'].includes(status) || (status === 'open' && expiresAt <= now)

const HOUR_MS = 60 * 60 * 1000
const FRESH_A_VISIT = 3
const FRESH_AN_ADDRESS = 20

/** Sends the fresh message, at most three an hour for one visit and twenty for one network; answers the same whatever came of it. */
export async function sendFresh(ctx: AskingContext, c: Context, visit: ConnectVisit): Promise<Response> {
  const now = ctx.clock()
  const address = addressBlock(c.get('clientAddress') ?? '')
  for (const [key, limit] of [
    [`connect:fresh:ip:${address}`, FRESH_AN_ADDRESS],
    [`connect:fresh:${visit.id}`, FRESH_A_VISIT],
  ] as const) {
    const taken = await takeFromLimit(ctx.db, { key, limit, windowMs: HOUR_MS }, now)
    if (!taken.allowed) return tooMany(c, taken.retryAfterSeconds)
  }
  if (visit.jobId !== null && visit.status !== 'done' && visit.status !== 'declined')
    await ctx.sendFreshMessage(visit.jobId)
  const page = await messagePage({
    title: 'Look into your chat',
    text: 'If the run still waits, a fresh message is on its way to where it was begun. Its link is for the person who began it.',
  })
  return sendPage(c, page)
}

async function tooMany(c: Context, retryAfterSeconds: number): Promise<Response> {
  c.header('retry-after', String(retryAfterSeconds))
  const page = await messagePage({
    title: 'Enough messages for now',
    text: 'Several were sent already. Look into your chat for the newest one, or try again in an hour.',
  })
  return sendPage(c, page, { status: 429 })
}

async function jobStatus({ db }: AskingContext, { jobId }: ConnectVisit): Promise<string | null> {
  const job = await db.selectFrom('jobs').select('status').where('id', '=', jobId).executeTakeFirst()
  return job?.status ?? null
}
