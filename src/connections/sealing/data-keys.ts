import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { Bug } from '#core/errors.ts'
import { newId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { decrypt, encrypt } from './cipher.ts'
import type { KeyProvider } from './key-provider.ts'

/** The key of one workspace and day, under which job data is sealed. Deleting its row makes that day's data unreadable for good. */
export interface DataKey {
  id: string
  /** `place` names table, row and column, and must be the same to open. */
  seal(place: string, value: unknown): Buffer
  open<T>(place: string, sealed: Buffer): T
  /** The same for the same JSON, and of no use without the key: whoever has it alone cannot try out guesses (HMAC-SHA-256). */
  fingerprint(value: unknown): Buffer
}

export interface DataKeys {
  /** Today's key of the workspace; made by whoever comes first, on any machine. */
  take(workspaceId: WorkspaceId, now: Date): Promise<DataKey>
  load(id: string): Promise<DataKey>
}

const CACHED_KEYS = 1000

/** Data keys by workspace and day, opened once a process and kept in memory. */
export function makeDataKeys(db: Db, keys: KeyProvider): DataKeys {
  const byId = new Map<string, DataKey>()
  const byDay = new Map<string, DataKey>()

  const remember = (key: DataKey, day?: string): DataKey => {
    if (byId.size >= CACHED_KEYS) byId.clear()
    if (byDay.size >= CACHED_KEYS) byDay.clear()
    byId.set(key.id, key)
    if (day) byDay.set(day, key)
    return key
  }

  return {
    async take(workspaceId, now) {
      const day = now.toISOString().slice(0, 10)
      const cached = byDay.get(`${workspaceId} ${day}`)
      if (cached) return cached
      const row = (await findRow(db, workspaceId, day)) ?? (await makeRow(db, keys, workspaceId, day))
      return remember(await openRow(keys, row), `${workspaceId} ${day}`)
    },
    async load(id) {
      const cached = byId.get(id)
      if (cached) return cached
      const row = await db.selectFrom('data_keys').select(['id', 'wrapped']).where('id', '=', id).executeTakeFirst()
      if (!row) throw new Bug(`data key ${id} is gone`)
      return remember(await openRow(keys, row))
    },
  }
}

interface Row {
  id: string
  wrapped: Buffer
}

function findRow(db: Db, workspaceId: WorkspaceId, day: string): Promise<Row | undefined> {
  return db
    .selectFrom('data_keys')
    .select(['id', 'wrapped'])
    .where('workspace_id', '=', workspaceId)
    .where('day', '=', day)
    .executeTakeFirst()
}

async function makeRow(db: Db, keys: KeyProvider, workspaceId: WorkspaceId, day: string): Promise<Row> {
  const id = newId('dataKey')
  const wrapped = await keys.wrap(randomBytes(32), `data_keys/${id}`)
  await db
    .insertInto('data_keys')
    .values({ id, workspace_id: workspaceId, day, wrapped })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'day']).doNothing())
    .execute()
  // why: another process may have been first; theirs is the key then.
  const row = await findRow(db, workspaceId, day)
  if (!row) throw new Bug('a data key that was just made is gone')
  return row
}

async function openRow(keys: KeyProvider, row: Row): Promise<DataKey> {
  const key = createSecretKey(await keys.unwrap(row.wrapped, `data_keys/${row.id}`))
  return {
    id: row.id,
    seal: (place, value) => encrypt(key, Buffer.from(JSON.stringify(value)), `${row.id}/${place}`),
    open: (place, sealed) => JSON.parse(decrypt(key, sealed, `${row.id}/${place}`).toString()),
    fingerprint: (value) => createHmac('sha256', derivedKey(key)).update(JSON.stringify(value)).digest(),
  }
}

/** A key of its own for each purpose. */
const derivedKey = (key: KeyObject): Buffer => Buffer.from(hkdfSync('sha256', key, '', 'fingerprint', 32))
