import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { actorOf, requirePrivilege } from './actor.ts'
import { createApiKey, findApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
import { createPerson, deactivatePerson, setRole } from './persons.ts'
import type { Privilege, Role } from './privileges.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const now = new Date('2026-11-22T10:00:00Z')
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const workspaceId = 'wks_acme'
await db.insertInto('workspaces').values({ id: workspaceId, name: 'Acme' }).execute()
let count = 0

async function newCreator(role: Role = 'admin') {
  const email = `m${++count}@acme.example`
  return actorOf(await createPerson(db, { workspaceId, kind: 'member', name: 'Alice Ng', email, role, now }))
}

async function newKey(more: { privileges?: Privilege[]; expiresAt?: Date } = {}) {
  const creator = await newCreator()
  const privileges: Privilege[] = ['recipes.view', 'recipes.run']
  return {
    creator,
    ...(await createApiKey(db, { creator, name: 'Deploy', privileges, expiresAt: null, now, ...more })),
  }
}

test('a token finds its key, as an actor with the privileges it was given', async () => {
  const { token, key } = await newKey()
  const actor = await findApiKey(db, token, now)
  expect(actor).toEqual({
    kind: 'api_key',
    id: key.id,
    workspaceId,
    name: 'Deploy',
    namespaceId: null,
    privileges: new Set(['recipes.view', 'recipes.run']),
  })
  expect(() => requirePrivilege(actor!, 'recipes.edit')).toThrow(expect.objectContaining({ code: 'forbidden' }))
})

test('a token is bhk_ and 43 letters and digits, shown once and stored as a hash with a hint', async () => {
  const { token, key } = await newKey()
  expect(token).toMatch(/^bhk_[0-9A-Za-z]{43}$/)
  expect(key.hint).toBe(token.slice(-4))
  const stored = JSON.stringify([
    await db.selectFrom('api_keys').selectAll().execute(),
    await listApiKeys(db, workspaceId),
  ])
  expect(stored).toContain(key.id)
  expect(stored).not.toContain(token.slice(4, 20))
})

test('no other token finds it', async () => {
  const { token, key } = await newKey()
  const changed = token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a')
  for (const wrong of ['', 'bhk_', key.id, token.slice(4), changed, `${token} `, token.toLowerCase()]) {
    expect(await findApiKey(db, wrong, now), wrong).toBeUndefined()
  }
})

test('nobody makes a key that can do more than they can', async () => {
  const creator = await newCreator('analyst')
  const wanted = { creator, name: 'Deploy', expiresAt: null, now }
  await expect(createApiKey(db, { ...wanted, privileges: ['recipes.edit', 'people.edit'] })).rejects.toMatchObject({
    code: 'forbidden',
    details: { missing: ['people.edit'] },
  })
  expect((await createApiKey(db, { ...wanted, privileges: ['recipes.edit'] })).key.privileges).toEqual(['recipes.edit'])
})

test('a key loses what its creator loses, and is refused when its creator is deactivated', async () => {
  const { token, creator } = await newKey({ privileges: ['recipes.run', 'people.edit'] })
  const personId = creator.person.id
  await setRole(db, { workspaceId, personId, from: 'admin', to: 'member' })
  expect((await findApiKey(db, token, now))?.privileges).toEqual(new Set(['recipes.run']))
  await deactivatePerson(db, { workspaceId, personId, now })
  expect(await findApiKey(db, token, now)).toBeUndefined()
})

test('a privilege that no longer exists is not in the actor', async () => {
  const { token, key } = await newKey()
  await db
    .updateTable('api_keys')
    .set({ privileges: ['recipes.run', 'long.gone', 'constructor'] })
    .where('id', '=', key.id)
    .execute()
  expect((await findApiKey(db, token, now))?.privileges).toEqual(new Set(['recipes.run']))
})

test('a key ends when it expires, and is not made expired', async () => {
  const { token, creator } = await newKey({ expiresAt: after(60) })
  expect(await findApiKey(db, token, after(59))).toBeDefined()
  expect(await findApiKey(db, token, after(60))).toBeUndefined()
  const wanted = { creator, name: 'Late', privileges: [], expiresAt: now, now }
  await expect(createApiKey(db, wanted)).rejects.toMatchObject({ code: 'expiry_passed' })
})

test('a revoked key is refused, and keeps the time when it was first revoked', async () => {
  const { token, key } = await newKey()
  expect((await revokeApiKey(db, { workspaceId, id: key.id, now })).revokedAt).toEqual(now)
  expect(await findApiKey(db, token, now)).toBeUndefined()
  expect((await revokeApiKey(db, { workspaceId, id: key.id, now: after(5) })).revokedAt).toEqual(now)
})

test('a key of another workspace can be neither revoked nor seen', async () => {
  const { token, key } = await newKey()
  await expect(revokeApiKey(db, { workspaceId: 'wks_other', id: key.id, now })).rejects.toMatchObject({
    code: 'api_key_not_found',
    status: 404,
  })
  expect(await listApiKeys(db, 'wks_other')).toEqual([])
  expect(await findApiKey(db, token, now)).toBeDefined()
})

test('use is noted at most once a minute', async () => {
  const { token, key } = await newKey()
  const lastUsedAt = async () => (await listApiKeys(db, workspaceId)).find(({ id }) => id === key.id)?.lastUsedAt
  expect(await lastUsedAt()).toBeNull()
  await findApiKey(db, token, now)
  await findApiKey(db, token, after(59))
  expect(await lastUsedAt()).toEqual(now)
  await findApiKey(db, token, after(60))
  expect(await lastUsedAt()).toEqual(after(60))
})
