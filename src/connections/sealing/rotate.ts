import { type Selectable, sql, type Updateable } from 'kysely'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectionsContext } from '../context.ts'
import { HOLDER_LIFE_SECONDS, KEYS_LOCK } from './key-ring.ts'
import { countOlder, wrapBatch } from './wrap-anew.ts'

/** Only one machine wraps anew at a time. */
const ROTATION_LOCK = 73_310_462
const WORK_FOR_MS = 1500
/** why: what was sealed with the old key just before may be on its way into the database for a while: only a pass begun later counts. */
const SETTLE_MS = 60_000

type KeyRow = Selectable<Tables['sealing_keys']>

/** How far going from one key to the next has come. */
export interface Rotation {
  from: number
  to: number
  /** Values still sealed with an older key, and how many there were at the beginning. */
  remaining: number
  total: number
  /** Processes that do not hold, or do not seal with, the new key yet. */
  waitingFor: number
  /** From when on everything is sealed with the new key alone, and the old one is taken out. */
  doneAt: Date | null
}

/**
 * Does the next part of a rotation, if there is one: seals with the new key once every process holds it; wraps anew, in batches, what is
 * sealed with an older one; takes the older ones out when a whole pass found nothing more. What was done is in the database: after a crash
 * any machine goes on from there.
 */
export async function advanceRotation(ctx: ConnectionsContext): Promise<void> {
  const until = Date.now() + WORK_FOR_MS
  while (await takeTurn(ctx)) if (Date.now() > until) return
}

/** The newest rotation, over or under way; null when there never was one. */
export async function readRotation(db: Db): Promise<Rotation | null> {
  const to = await newestKey(db)
  if (!to || to.version === 1) return null
  const waitingFor = to.done_at ? 0 : await countBehind(db, to)
  const [total, rewrapped] = [Number(to.total), Number(to.rewrapped)]
  const remaining = to.done_at ? 0 : Math.max(total - rewrapped, 0)
  return { from: to.version - 1, to: to.version, remaining, total, waitingFor, doneAt: to.done_at }
}

function newestKey(db: Db): Promise<KeyRow | undefined> {
  return db
    .selectFrom('sealing_keys')
    .selectAll()
    .where('lost_at', 'is', null)
    .orderBy('version', 'desc')
    .executeTakeFirst()
}

/** Whether there is more to do at once. */
async function takeTurn(ctx: ConnectionsContext): Promise<boolean> {
  const wanted = await newestKey(ctx.db)
  if (!wanted || wanted.done_at) return false
  return ctx.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ alone: boolean }>`
      select pg_try_advisory_xact_lock(${ROTATION_LOCK}) as alone`.execute(tx)
    const key = await newestKey(tx)
    if (!rows[0]?.alone || !key || key.done_at) return false
    if (key.sealing_since === null) return sealWith(ctx, tx, key)
    if ((await countBehind(tx, key)) > 0) return false
    return goOn(ctx, tx, key)
  })
}

/** Processes that could not open, or would still not seal, what is sealed with this key. */
async function countBehind(db: Db, { version, sealing_since }: KeyRow): Promise<number> {
  const column = sealing_since === null ? sql.ref('holds') : sql.ref('seals_with')
  const { rows } = await sql<{ behind: number }>`select count(*)::int as behind from sealing_key_holders
    where ${column} < ${version} and seen_at > now() - ${HOLDER_LIFE_SECONDS} * interval '1 second'`.execute(db)
  return rows[0]?.behind ?? 0
}

async function sealWith(ctx: ConnectionsContext, tx: Db, key: KeyRow): Promise<boolean> {
  // why: nobody who starts now may look between our counting and our saying so.
  await sql`select pg_advisory_xact_lock(${KEYS_LOCK})`.execute(tx)
  if ((await countBehind(tx, key)) > 0) return false
  const total = String(await countOlder(tx, key.version))
  await setKey(tx, key, { sealing_since: ctx.clock(), total })
  await auditEverywhere(tx, 'sealing_key.changed', key)
  ctx.log.info({ version: key.version, total }, 'a new sealing key is in use: everything is wrapped with it anew')
  return false
}

async function goOn(ctx: ConnectionsContext, tx: Db, key: KeyRow): Promise<boolean> {
  const { version, pass_place: place, pass_after: after } = key
  const begins = place === 0 && after === ''
  const { next, rewrapped } = await wrapBatch(ctx, tx, { version, from: { place, after } })
  const progress = { rewrapped: String(Number(key.rewrapped) + rewrapped) }
  if (next) {
    const pass_found = (begins ? false : key.pass_found) || rewrapped > 0
    const began = begins ? { pass_began_at: ctx.clock() } : {}
    await setKey(tx, key, { ...progress, ...began, pass_place: next.place, pass_after: next.after, pass_found })
    return true
  }
  const settled = (key.sealing_since?.getTime() ?? 0) + SETTLE_MS
  const done = !key.pass_found && key.pass_began_at !== null && key.pass_began_at.getTime() >= settled
  // why: what was sealed anew or deleted by its own use since the count is not for us to wrap.
  const rewrappedByNow = key.pass_found || rewrapped > 0 ? progress.rewrapped : key.total
  const passed = { rewrapped: rewrappedByNow, pass_place: 0, pass_after: '' }
  await setKey(tx, key, { ...passed, ...(done && { done_at: ctx.clock() }) })
  if (done) await finish(ctx, tx, key)
  else ctx.log.info({ version, rewrapped: progress.rewrapped, total: key.total }, 'sealed values were wrapped anew')
  return !done && key.pass_found
}

async function finish(ctx: ConnectionsContext, tx: Db, key: KeyRow): Promise<void> {
  await tx
    .updateTable('sealing_keys')
    .set({ taken_out_at: ctx.clock() })
    .where('version', '<', key.version)
    .where('taken_out_at', 'is', null)
    .execute()
  await auditEverywhere(tx, 'sealing_key.former_taken_out', key)
  const done = 'everything is sealed with the new sealing key: the former one is taken out'
  const removable = 'everything is sealed with the new sealing key: BEHALF_FORMER_SEALING_KEYS can be removed'
  ctx.log.info({ version: key.version }, ctx.keys.kind === 'file' ? done : removable)
}

async function setKey(tx: Db, { version }: KeyRow, columns: Updateable<Tables['sealing_keys']>): Promise<void> {
  await tx.updateTable('sealing_keys').set(columns).where('version', '=', version).execute()
}

/** One key seals for all workspaces of the server. */
async function auditEverywhere(
  tx: Db,
  action: 'sealing_key.changed' | 'sealing_key.former_taken_out',
  { version, fingerprint }: KeyRow,
): Promise<void> {
  for (const { id: workspaceId } of await tx.selectFrom('workspaces').select('id').execute())
    await recordAudit(tx, { workspaceId }, { action, details: { version, fingerprint } })
}
