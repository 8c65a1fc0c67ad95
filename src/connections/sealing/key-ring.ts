import { randomUUID } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { Bug, UserError } from '#core/errors.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { decrypt, encrypt } from './cipher.ts'
import type { KeyProvider } from './key-provider.ts'
import type { KeySource } from './key-source.ts'
import { fingerprintOf } from './key-text.ts'

/** The keys of this process, and what the database says of each: which one to seal with, which are over. */
export interface KeyRing extends KeyProvider {
  kind: KeySource['kind']
  /**
   * Reads keys and database again, and says in the database what this process holds. A key that is new in the source is announced there:
   * it is sealed with once every process holds it. Throws `UserError('sealing_key_mismatch')` when what the database is sealed with now
   * is not at hand.
   */
  sync(): Promise<void>
  /** Makes a new key, and announces it. `UserError('sealing_key_by_settings')` where only an operator can. */
  rotate(): Promise<void>
  /** This process ends: nobody waits for it any more. */
  leave(): Promise<void>
}

/** Shared by those who look which key to seal with, exclusive for whoever changes that. */
export const KEYS_LOCK = 73_310_461
/** A process that was not seen for this long is gone. */
export const HOLDER_LIFE_SECONDS = 30
/** why: whoever slept longer must look again before it seals: another key may be in use, and this one taken out. */
const STALE_MS = 10_000

interface State {
  /** By version: those that may still be needed. */
  keys: ReadonlyMap<number, Buffer>
  current: number
  confirmedAt: number
}

/** Opens the ring for this process. Refuses with `sealing_key_mismatch` keys that this database was not sealed with. */
export async function openKeyRing(db: Db, source: KeySource): Promise<KeyRing> {
  const processId = randomUUID()
  let state: State = { keys: new Map(), current: 0, confirmedAt: 0 }

  const sync = async (): Promise<void> => {
    state = await look(db, { source, processId })
  }
  const keyOf = (version: number): Buffer => {
    const key = state.keys.get(version)
    if (key === undefined) throw new Bug(`sealing key version ${version} is not at hand`)
    return key
  }
  await sync()
  return {
    kind: source.kind,
    sync,
    async rotate() {
      await source.append()
      await sync()
    },
    async leave() {
      await db.deleteFrom('sealing_key_holders').where('process_id', '=', processId).execute()
    },
    version: () => state.current,
    fingerprint: async () => fingerprintOf(keyOf(state.current)),
    async wrap(dataKey, context) {
      if (performance.now() - state.confirmedAt > STALE_MS) await sync()
      const { current } = state
      const version = Buffer.alloc(4)
      version.writeUInt32BE(current)
      return Buffer.concat([version, encrypt(keyOf(current), dataKey, `key ${current} for ${context}`)])
    },
    async unwrap(wrapped, context) {
      const version = wrapped.readUInt32BE(0)
      // Another process may seal with a key that was announced since.
      if (!state.keys.has(version)) await sync()
      return decrypt(keyOf(version), wrapped.subarray(4), `key ${version} for ${context}`)
    },
  }
}

type KeyRow = Selectable<Tables['sealing_keys']>

async function look(db: Db, { source, processId }: { source: KeySource; processId: string }): Promise<State> {
  const confirmedAt = performance.now()
  const keys = await source.read()
  const newest = fingerprintOf(keys.at(-1) as Buffer)
  const rows = await listKeys(db)
  if (!rows.some(({ fingerprint }) => fingerprint === newest)) await announce(db, keys)
  const { state, over } = await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock_shared(${KEYS_LOCK})`.execute(tx)
    const known = await listKeys(tx)
    const state = { ...match(keys, known), confirmedAt }
    await reportHolder(tx, processId, state)
    return { state, over: known.filter(({ taken_out_at }) => taken_out_at !== null) }
  })
  const useless = new Set(over.map(({ fingerprint }) => fingerprint))
  if (keys.some((key) => useless.has(fingerprintOf(key)))) await source.remove(useless)
  return state
}

function listKeys(db: Db): Promise<KeyRow[]> {
  return db.selectFrom('sealing_keys').selectAll().orderBy('version').execute()
}

/** The newest key that everything is sealed with from some time on; undefined in a database that is new. */
const sealingKey = (rows: KeyRow[]): KeyRow | undefined =>
  rows.findLast(({ sealing_since, lost_at }) => sealing_since !== null && lost_at === null)

function match(keys: Buffer[], rows: KeyRow[]): Pick<State, 'keys' | 'current'> {
  const byFingerprint = new Map(keys.map((key) => [fingerprintOf(key), key]))
  const needed = rows.filter(({ taken_out_at, lost_at }) => taken_out_at === null && lost_at === null)
  const found = needed.flatMap(({ version, fingerprint }): [number, Buffer][] => {
    const key = byFingerprint.get(fingerprint)
    return key ? [[version, key]] : []
  })
  const current = sealingKey(rows)
  if (!current || !byFingerprint.has(current.fingerprint)) throw mismatch(current, keys)
  return { keys: new Map(found), current: current.version }
}

/** Takes in a key that the database has never seen: the first one, or one beside which the present one is at hand as well. */
async function announce(db: Db, keys: Buffer[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${KEYS_LOCK})`.execute(tx)
    await forgetUnheld(tx)
    const rows = await listKeys(tx)
    const fingerprint = fingerprintOf(keys.at(-1) as Buffer)
    if (rows.some((row) => row.fingerprint === fingerprint)) return
    const present = sealingKey(rows)
    if (present && !keys.some((key) => fingerprintOf(key) === present.fingerprint)) throw mismatch(present, keys)
    // One at a time: it has its turn when the one that is under way is done.
    if (rows.some(({ done_at, lost_at }) => done_at === null && lost_at === null)) return
    const first = present === undefined && rows.length === 0
    const now = sql<Date>`now()`
    await tx
      .insertInto('sealing_keys')
      .values({
        version: (rows.at(-1)?.version ?? 0) + 1,
        fingerprint,
        ...(first && { sealing_since: now, done_at: now }),
      })
      .execute()
  })
}

/** A key that was announced, and that its operator took back before it was ever sealed with. */
async function forgetUnheld(tx: Db): Promise<void> {
  await sql`delete from sealing_keys announced where sealing_since is null and lost_at is null
    and first_used_at < now() - ${HOLDER_LIFE_SECONDS} * interval '1 second'
    and not exists (select from sealing_key_holders holder where holder.holds >= announced.version
      and holder.seen_at > now() - ${HOLDER_LIFE_SECONDS} * interval '1 second')`.execute(tx)
}

async function reportHolder(tx: Db, processId: string, { keys, current }: Pick<State, 'keys' | 'current'>) {
  const row = { holds: Math.max(...keys.keys()), seals_with: current, seen_at: sql<Date>`now()` }
  await tx
    .insertInto('sealing_key_holders')
    .values({ process_id: processId, ...row })
    .onConflict((conflict) => conflict.column('process_id').doUpdateSet(row))
    .execute()
}

function mismatch(expected: KeyRow | undefined, keys: Buffer[]): UserError {
  return new UserError(
    'sealing_key_mismatch',
    'This database was sealed with another key than the one given. Start with that key: it is in a backup of the settings or of sealing.key. If it is lost for good, nothing that was sealed can be read again; docs/keys.md says how to start anew (npm run behalf -- keys forget-lost-key): every person connects again.',
    { details: { expected: expected?.fingerprint ?? null, given: keys.map(fingerprintOf) } },
  )
}

/** One rotation at a time: each needs the key before it. */
export function underWay(): UserError {
  return new UserError(
    'sealing_key_rotation_under_way',
    'The sealing key is being changed already. Wait until everything is wrapped with the new one, then change it again.',
    { status: 409 },
  )
}
