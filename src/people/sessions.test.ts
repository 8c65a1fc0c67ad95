import { createHash } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { hasBlockedQuery } from '../../test/support/blocked-query.ts'
import { testDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import { createPerson, deactivatePerson, reactivatePerson } from './persons.ts'
import {
  deleteExpiredSessions,
  endSession,
  endSessionsOf,
  findSession,
  listSessions,
  startSession,
} from './sessions.ts'
import { createWorkspaceWithOwner } from './workspaces.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const now = new Date('2026-11-22T10:00:00Z')
const after = ({ days = 0, seconds = 0 }) => new Date(now.getTime() + (days * 86_400 + seconds) * 1000)
const { workspace } = await createWorkspaceWithOwner(db, {
  workspaceName: 'Acme',
  ownerName: 'Olga',
  email: 'olga@acme.example',
  password: 'a long pass phrase',
  now,
})
const workspaceId = workspace.id
let count = 0

async function newMember() {
  const email = `member${++count}@acme.example`
  return createPerson(db, { workspaceId, kind: 'member', name: 'Alice Ng', email, role: 'member', now })
}

async function newSession() {
  const person = await newMember()
  return { person, ...(await startSession(db, { personId: person.id, userAgent: 'Firefox', now })) }
}

test('a token finds its session and its person', async () => {
  const { token, session, person } = await newSession()
  expect(await findSession(db, token, now)).toEqual({ session, person })
  expect(session).toMatchObject({ personId: person.id, userAgent: 'Firefox', expiresAt: after({ days: 30 }) })
})

test('a token has 256 bits and is stored only as its hash', async () => {
  const { token, session } = await newSession()
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  const row = await db.selectFrom('sessions').selectAll().where('id', '=', session.id).executeTakeFirstOrThrow()
  expect(row.token_hash).toEqual(createHash('sha256').update(token).digest())
  expect(JSON.stringify(row)).not.toContain(token)
})

test('no other token finds it: not its id, its hash, nothing, or one character changed', async () => {
  const { token, session } = await newSession()
  const hash = createHash('sha256').update(token).digest()
  const changed = (token[0] === 'A' ? 'B' : 'A') + token.slice(1)
  for (const wrong of [session.id, hash.toString('hex'), hash.toString('base64url'), '', changed, `${token} `]) {
    expect(await findSession(db, wrong, now), wrong).toBeUndefined()
  }
})

test('two sign-ins of one person get two sessions', async () => {
  const { person, token } = await newSession()
  const second = await startSession(db, { personId: person.id, userAgent: null, now })
  expect(second.token).not.toBe(token)
  expect(await listSessions(db, person.id, now)).toHaveLength(2)
})

test('being seen is noted at most once a minute', async () => {
  const { token } = await newSession()
  const seenAt = async (at: Date) => {
    await findSession(db, token, at)
    return (await findSession(db, token, at))?.session.lastSeenAt
  }
  expect(await seenAt(after({ seconds: 59 }))).toEqual(now)
  expect(await seenAt(after({ seconds: 60 }))).toEqual(after({ seconds: 60 }))
})

test('a session unused for seven days is over', async () => {
  const { token, person } = await newSession()
  expect(await findSession(db, token, after({ days: 7 }))).toBeUndefined()
  expect(await listSessions(db, person.id, after({ days: 7 }))).toEqual([])
  expect(await findSession(db, token, after({ days: 7, seconds: -1 }))).toBeDefined()
})

test('a session is over after thirty days, however much it was used', async () => {
  const { token } = await newSession()
  for (let days = 5; days < 30; days += 5) expect(await findSession(db, token, after({ days }))).toBeDefined()
  expect(await findSession(db, token, after({ days: 30, seconds: -1 }))).toBeDefined()
  expect(await findSession(db, token, after({ days: 30 }))).toBeUndefined()
})

test('a person who is not active has no session, and gets none', async () => {
  const { token, person } = await newSession()
  // Without the deletion that goes with a real deactivation: the look-up must not rely on it.
  await db.updateTable('persons').set({ status: 'deactivated' }).where('id', '=', person.id).execute()
  expect(await findSession(db, token, now)).toBeUndefined()
  await expect(startSession(db, { personId: person.id, userAgent: null, now })).rejects.toMatchObject({
    code: 'person_deactivated',
    status: 403,
  })
})

test('a session that starts while its person is being deactivated does not outlive it', async () => {
  const person = await newMember()
  const started = await db.transaction().execute(async (tx) => {
    await deactivatePerson(tx, { workspaceId, personId: person.id, now })
    const starting = startSession(db, { personId: person.id, userAgent: null, now }).catch((error) => error)
    await until(() => hasBlockedQuery(db))
    return { starting }
  })
  expect(await started.starting).toMatchObject({ code: 'person_deactivated' })
  await reactivatePerson(db, { workspaceId, personId: person.id })
  expect(await listSessions(db, person.id, now)).toEqual([])
})

test('ending a session ends that one only, and only for its own person', async () => {
  const { person, token, session } = await newSession()
  const other = await startSession(db, { personId: person.id, userAgent: null, now })
  const stranger = await newMember()
  expect(await endSession(db, { personId: stranger.id, sessionId: session.id })).toBe(false)
  expect(await findSession(db, token, now)).toBeDefined()
  expect(await endSession(db, { personId: person.id, sessionId: session.id })).toBe(true)
  expect(await findSession(db, token, now)).toBeUndefined()
  expect(await findSession(db, other.token, now)).toBeDefined()
})

test('all sessions of a person can be ended but one, and nobody else’s with them', async () => {
  const { person, token, session } = await newSession()
  const other = await startSession(db, { personId: person.id, userAgent: null, now })
  const bystander = await newSession()
  expect(await endSessionsOf(db, person.id, session.id)).toBe(1)
  expect(await findSession(db, token, now)).toBeDefined()
  expect(await findSession(db, other.token, now)).toBeUndefined()
  expect(await endSessionsOf(db, person.id)).toBe(1)
  expect(await findSession(db, bystander.token, now)).toBeDefined()
})

test('rows of sessions that ran out are removed, live ones stay', async () => {
  await db.deleteFrom('sessions').execute()
  await newSession()
  const live = await newMember()
  const { token } = await startSession(db, { personId: live.id, userAgent: null, now: after({ days: 6 }) })
  expect(await deleteExpiredSessions(db, after({ days: 8 }))).toBe(1)
  expect(await findSession(db, token, after({ days: 8 }))).toBeDefined()
})
