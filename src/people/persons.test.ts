import { afterAll, expect, test } from 'vitest'
import { hasBlockedQuery } from '../../test/support/blocked-query.ts'
import { testDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import {
  createPerson,
  deactivatePerson,
  listPersons,
  loadPerson,
  reactivatePerson,
  renamePerson,
  setRole,
} from './persons.ts'
import type { Role } from './privileges.ts'
import { findSession, startSession } from './sessions.ts'
import { createWorkspaceWithOwner } from './workspaces.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const now = new Date('2026-11-22T10:00:00Z')
const { workspace, owner } = await createWorkspaceWithOwner(db, {
  workspaceName: 'Acme',
  ownerName: 'Olga',
  email: 'olga@acme.example',
  password: 'a long pass phrase',
  now,
})
const workspaceId = workspace.id
let count = 0

function newMember(role: Role = 'member') {
  return createPerson(db, {
    workspaceId,
    kind: 'member',
    name: 'Alice Ng',
    email: `m${++count}@acme.example`,
    role,
    now,
  })
}

test('a person is stored as they were given, with the address trimmed', async () => {
  const email = '  Alice.Ng@Acme.example '
  const person = await createPerson(db, {
    workspaceId,
    kind: 'member',
    name: ' Alice Ng ',
    email,
    role: 'analyst',
    now,
  })
  expect(person).toMatchObject({ workspaceId, name: 'Alice Ng', email: 'Alice.Ng@Acme.example', role: 'analyst' })
  expect(person.id).toMatch(/^per_/)
  expect(await loadPerson(db, workspaceId, person.id)).toEqual(person)
})

test('external and service persons have no address and the role Member', async () => {
  const service = await createPerson(db, { workspaceId, kind: 'service', name: 'Nightly sync', now })
  expect(service).toMatchObject({ kind: 'service', email: null, role: 'member', status: 'active' })
  expect(await loadPerson(db, workspaceId, service.id)).toEqual(service)
})

test('an address is given once, in whatever case, and also after its person was deactivated', async () => {
  const wanted = {
    workspaceId,
    kind: 'member',
    name: 'Carol',
    email: 'carol@acme.example',
    role: 'member',
    now,
  } as const
  const carol = await createPerson(db, wanted)
  const taken = { code: 'email_taken', status: 409 }
  await expect(createPerson(db, { ...wanted, email: 'CAROL@acme.example' })).rejects.toMatchObject(taken)
  await deactivatePerson(db, { workspaceId, personId: carol.id, now })
  await expect(createPerson(db, wanted)).rejects.toMatchObject(taken)
})

test('of ten persons made at once with one address one is made', async () => {
  const wanted = { workspaceId, kind: 'member', name: 'Dan', email: 'dan@acme.example', role: 'member', now } as const
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => createPerson(db, wanted)))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
})

test('a person with a weak password is not made at all', async () => {
  const wanted = { workspaceId, kind: 'member', name: 'Eve', email: 'eve@acme.example', role: 'member', now } as const
  await expect(createPerson(db, { ...wanted, password: 'short' })).rejects.toMatchObject({ code: 'weak_password' })
  await createPerson(db, wanted)
})

test.each([
  '',
  '   ',
  'a'.repeat(121),
  'Alice\nNg',
  'Alice\u202egN',
  'Alice\u0000',
  'Ali\u200bce',
  'Al\ufeffice',
  'Alice\u200e',
])('the name %j is refused', async (name) => {
  await expect(renamePerson(db, { workspaceId, personId: owner.id, name })).rejects.toMatchObject({
    code: 'invalid_name',
  })
})

test('a person is renamed', async () => {
  const { id } = await newMember()
  expect((await renamePerson(db, { workspaceId, personId: id, name: '李小龍' })).name).toBe('李小龍')
  expect((await loadPerson(db, workspaceId, id)).name).toBe('李小龍')
})

test('nothing reaches a person of another workspace', async () => {
  await db.insertInto('workspaces').values({ id: 'wks_other', name: 'Other' }).execute()
  const { id: personId } = await newMember()
  const [other, notFound] = [{ workspaceId: 'wks_other', personId } as const, { code: 'person_not_found', status: 404 }]
  await expect(loadPerson(db, 'wks_other', personId)).rejects.toMatchObject(notFound)
  await expect(renamePerson(db, { ...other, name: 'X' })).rejects.toMatchObject(notFound)
  await expect(setRole(db, { ...other, from: 'member', to: 'admin' })).rejects.toMatchObject(notFound)
  await expect(deactivatePerson(db, { ...other, now })).rejects.toMatchObject(notFound)
  await expect(reactivatePerson(db, other)).rejects.toMatchObject(notFound)
  expect(await listPersons(db, 'wks_other')).toEqual([])
  expect(await loadPerson(db, workspaceId, personId)).toMatchObject({
    name: 'Alice Ng',
    role: 'member',
    status: 'active',
  })
})

test('people are listed by name, the deactivated ones too', async () => {
  const { id: personId } = await newMember()
  await deactivatePerson(db, { workspaceId, personId, now })
  const persons = await listPersons(db, workspaceId)
  expect(persons.map((person) => person.name)).toEqual(persons.map((person) => person.name).sort())
  expect(persons.find((person) => person.id === personId)?.status).toBe('deactivated')
})

test('a role is changed only from the one the caller saw', async () => {
  const { id: personId } = await newMember()
  expect((await setRole(db, { workspaceId, personId, from: 'member', to: 'operator' })).role).toBe('operator')
  await expect(setRole(db, { workspaceId, personId, from: 'member', to: 'admin' })).rejects.toMatchObject({
    code: 'role_changed',
    status: 409,
  })
  expect((await loadPerson(db, workspaceId, personId)).role).toBe('operator')
})

test('a service person is given no other role', async () => {
  const { id: personId } = await createPerson(db, { workspaceId, kind: 'service', name: 'Nightly sync', now })
  await expect(setRole(db, { workspaceId, personId, from: 'member', to: 'owner' })).rejects.toMatchObject({
    code: 'role_changed',
  })
})

test('the last owner can neither lose the role nor be deactivated', async () => {
  const refused = { code: 'last_owner', status: 409 }
  const change = { workspaceId, personId: owner.id }
  const inactive = await newMember('owner')
  await deactivatePerson(db, { workspaceId, personId: inactive.id, now })
  await expect(setRole(db, { ...change, from: 'owner', to: 'admin' })).rejects.toMatchObject(refused)
  await expect(deactivatePerson(db, { ...change, now })).rejects.toMatchObject(refused)
  expect(await loadPerson(db, workspaceId, owner.id)).toMatchObject({ role: 'owner', status: 'active' })
})

test('of two owners who leave at the same moment one stays', async () => {
  const second = await newMember('owner')
  const { other } = await db.transaction().execute(async (tx) => {
    await setRole(tx, { workspaceId, personId: owner.id, from: 'owner', to: 'admin' })
    const leaving = deactivatePerson(db, { workspaceId, personId: second.id, now })
    const other = leaving.then(
      () => 'left',
      (error) => error.code,
    )
    // Uncommitted as yet: the other change must wait for this one rather than count owners as they were.
    await until(async () => (await Promise.race([other, null])) === 'left' || hasBlockedQuery(db))
    return { other }
  })
  expect(await other).toBe('last_owner')
  const owners = (await listPersons(db, workspaceId)).filter((p) => p.role === 'owner' && p.status === 'active')
  expect(owners.map(({ id }) => id)).toEqual([second.id])
  await setRole(db, { workspaceId, personId: owner.id, from: 'admin', to: 'owner' })
})

test('deactivating ends all sessions, and reactivating brings none of them back', async () => {
  const { id: personId } = await newMember()
  const sessions = [1, 2].map(() => startSession(db, { personId, userAgent: null, now }))
  const tokens = (await Promise.all(sessions)).map(({ token }) => token)
  expect((await deactivatePerson(db, { workspaceId, personId, now })).status).toBe('deactivated')
  expect((await reactivatePerson(db, { workspaceId, personId })).status).toBe('active')
  for (const token of tokens) expect(await findSession(db, token, now)).toBeUndefined()
})

test('a deactivation that is rolled back leaves the person and their sessions', async () => {
  const { id: personId } = await newMember()
  const { token } = await startSession(db, { personId, userAgent: null, now })
  const failing = db.transaction().execute(async (tx) => {
    await deactivatePerson(tx, { workspaceId, personId, now })
    throw new Error('the rest failed')
  })
  await expect(failing).rejects.toThrow('the rest failed')
  expect(await findSession(db, token, now)).toBeDefined()
})
