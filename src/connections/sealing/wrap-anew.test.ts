import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../../test/support/database.ts'
import { insertConnection, insertWorkspace } from '../../../test/support/recipe-fixtures.ts'
import type { ConnectionsContext } from '../context.ts'
import { type KeyRing, openKeyRing } from './key-ring.ts'
import { keysInEnvironment } from './keys-in-environment.ts'
import { advanceRotation, readRotation } from './rotate.ts'
import { open, seal } from './seal.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'
import { wrapBatch } from './wrap-anew.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const log = { debug() {}, info() {}, warn() {}, error() {} }
const newKey = () => randomBytes(32).toString('base64')
const ringOf = (current: string, ...former: string[]) =>
  openKeyRing(db, keysInEnvironment({ current, former: former.join(',') }))
const contextOf = (keys: KeyRing, clock = () => new Date()) =>
  ({ db, keys, log, clock }) as unknown as ConnectionsContext

const [first, second, third] = [newKey(), newKey(), newKey()]
const later = () => new Date(Date.now() + 61_000)

test('a key is announced beside the former one, sealed with when no process lacks it, and alone in use at the end', async () => {
  const old = await ringOf(first)
  const { workspaceId, projectId } = await insertWorkspace(db)
  const id = await insertConnection(db, { workspaceId, projectId, status: null })
  const place = { table: 'connections', id, column: 'sealed_client' } as const
  const set = async (sealed_client: Buffer) =>
    db.updateTable('connections').set({ sealed_client }).where('id', '=', id).execute()
  const read = async () => {
    const row = await db
      .selectFrom('connections')
      .select('sealed_client')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return row.sealed_client as Buffer
  }
  await set(await seal(old, place, 'a secret'))

  await expect(ringOf(second)).rejects.toMatchObject({ code: 'sealing_key_mismatch' })
  const both = await ringOf(second, first)
  await advanceRotation(contextOf(both))
  expect(both.version()).toBe(1)
  expect(await readRotation(db)).toMatchObject({ from: 1, to: 2, waitingFor: 1, doneAt: null })
  await old.leave()
  await advanceRotation(contextOf(both))
  await both.sync()
  expect(both.version()).toBe(2)
  // What a process without the new key would seal with the old one is refused from now on.
  await expect(ringOf(first)).rejects.toMatchObject({ code: 'sealing_key_mismatch' })
  // A third one waits for its turn.
  const early = await ringOf(third, second, first)
  expect([early.version(), await readRotation(db)]).toMatchObject([2, { from: 1, to: 2 }])
  await early.leave()

  // A save that comes between reading and wrapping is not overwritten.
  const saved = await seal(both, place, 'a newer secret')
  const wrap = async (key: Buffer, context: string) => {
    await set(saved)
    return both.wrap(key, context)
  }
  const meddling = { ...both, wrap }
  const from = { place: SEALED_COLUMNS.findIndex(({ table }) => table === 'connections'), after: '' }
  expect(await wrapBatch(contextOf(meddling), db, { version: 2, from })).toMatchObject({ rewrapped: 0 })
  expect(await read()).toEqual(saved)

  const keyed = contextOf(both, later)
  for (let turn = 0; turn < 3; turn++) await advanceRotation(keyed)
  expect(await readRotation(db)).toMatchObject({ from: 1, to: 2, remaining: 0, doneAt: expect.any(Date) })
  expect(await open(both, place, await read())).toBe('a newer secret')
  const alone = await ringOf(second)
  expect(await open(alone, place, await read())).toBe('a newer secret')
  await alone.leave()
})
