import { randomBytes, scryptSync } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { checkPassword, DUMMY_HASH, hashPassword, setPassword } from './passwords.ts'
import { createPerson } from './persons.ts'
import { findSession, startSession } from './sessions.ts'
import { createWorkspaceWithOwner } from './workspaces.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const now = new Date('2026-11-22T10:00:00Z')
const { workspace, owner } = await createWorkspaceWithOwner(db, {
  workspaceName: 'Acme',
  ownerName: 'Olga',
  email: 'olga@acme.example',
  password: 'the first pass phrase',
  now,
})
const workspaceId = workspace.id

async function storedHash(personId = owner.id): Promise<string> {
  return (await db.selectFrom('passwords').select('hash').where('person_id', '=', personId).executeTakeFirstOrThrow())
    .hash
}

test('a hash says its method and cost, and opens for its own password only', async () => {
  const hash = await hashPassword('correct horse 7', 'alice@acme.example')
  expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await checkPassword('correct horse 7', hash)).toBe(true)
  expect(await checkPassword('correct horse 8', hash)).toBe(false)
  expect(await checkPassword('', hash)).toBe(false)
})

test('one password hashed twice gives two hashes', async () => {
  const [one, two] = [
    await hashPassword('correct horse 7', 'a@b.example'),
    await hashPassword('correct horse 7', 'a@b.example'),
  ]
  expect(one).not.toBe(two)
})

test('a hash made with another cost still opens', async () => {
  const salt = randomBytes(16).toString('base64').replace(/=+$/, '')
  const key = scryptSync('password', Buffer.from(salt, 'base64'), 32, { N: 1024, r: 8, p: 16 })
  const hash = `$scrypt$ln=10,r=8,p=16$${salt}$${key.toString('base64').replace(/=+$/, '')}`
  expect(await checkPassword('password', hash)).toBe(true)
  expect(await checkPassword('passwort', hash)).toBe(false)
})

test('the same letters typed on two systems are one password', async () => {
  const hash = await hashPassword('sch\u00f6nes wetter', 'a@b.example')
  expect(await checkPassword('scho\u0308nes wetter', hash)).toBe(true)
})

test('the dummy hash costs the same and opens for nothing', async () => {
  expect(DUMMY_HASH.split('$').slice(0, 3)).toEqual((await storedHash()).split('$').slice(0, 3))
  expect(await checkPassword('the first pass phrase', DUMMY_HASH)).toBe(false)
})

test.each([
  ['too short', 'ninechars'],
  ['too long', 'abcde'.repeat(201)],
  ['common, in whatever case', 'Password123'],
  ['made of hardly any different letters', 'ababababababab'],
  ['the e-mail address', 'Alice@Acme.example'],
])('a password that is %s is refused', async (_, password) => {
  await expect(hashPassword(password, 'alice@acme.example')).rejects.toMatchObject({
    code: 'weak_password',
    status: 422,
  })
})

test('a new password replaces the old one and ends all other sessions', async () => {
  const mine = await startSession(db, { personId: owner.id, userAgent: null, now })
  const other = await startSession(db, { personId: owner.id, userAgent: null, now })
  await setPassword(db, {
    workspaceId,
    personId: owner.id,
    password: 'the second pass phrase',
    keepSession: mine.session.id,
    now,
  })
  expect(await checkPassword('the second pass phrase', await storedHash())).toBe(true)
  expect(await checkPassword('the first pass phrase', await storedHash())).toBe(false)
  expect(await findSession(db, mine.token, now)).toBeDefined()
  expect(await findSession(db, other.token, now)).toBeUndefined()
})

test('a refused password changes nothing', async () => {
  const before = await storedHash()
  const { token } = await startSession(db, { personId: owner.id, userAgent: null, now })
  await expect(setPassword(db, { workspaceId, personId: owner.id, password: 'short', now })).rejects.toMatchObject({
    code: 'weak_password',
  })
  expect(await storedHash()).toBe(before)
  expect(await findSession(db, token, now)).toBeDefined()
})

test('a service person, or a member of another workspace, gets no password', async () => {
  const service = await createPerson(db, { workspaceId, kind: 'service', name: 'Nightly sync', now })
  const password = 'a long pass phrase'
  await expect(setPassword(db, { workspaceId, personId: service.id, password, now })).rejects.toMatchObject({
    code: 'email_required',
  })
  await expect(setPassword(db, { workspaceId: 'wks_other', personId: owner.id, password, now })).rejects.toMatchObject({
    code: 'email_required',
  })
})
