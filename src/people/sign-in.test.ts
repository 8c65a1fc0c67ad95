import { afterAll, expect, test } from 'vitest'
import { hasBlockedQuery } from '../../test/support/blocked-query.ts'
import { testDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import { listAuditEvents } from './audit.ts'
import { hashPassword, storePassword } from './passwords.ts'
import { createPerson, deactivatePerson } from './persons.ts'
import { findSession, listSessions } from './sessions.ts'
import { type SignIn, signIn } from './sign-in.ts'
import { createWorkspaceWithOwner } from './workspaces.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const now = new Date('2026-11-22T10:00:00Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const password = 'a long pass phrase'
const { workspace } = await createWorkspaceWithOwner(db, {
  workspaceName: 'Acme',
  ownerName: 'Olga',
  email: 'Olga@acme.example',
  password,
  now,
})
const workspaceId = workspace.id
const hash = await hashPassword(password, 'olga@acme.example')
let count = 0

/** All have one password, hashed once: hashing is what takes the time here. */
async function newMember() {
  const email = `Member${++count}@acme.example`
  const person = await createPerson(db, { workspaceId, kind: 'member', name: 'Alice Ng', email, role: 'member', now })
  await storePassword(db, { workspaceId, personId: person.id, email, hash, now })
  return person
}

/** One network address for each attempt, unless the test says otherwise: so only what it tests is limited. */
function attempt(email: string | null, more: Partial<SignIn> = {}) {
  const ip = `203.0.${++count >> 8}.${count & 255}`
  return signIn(db, { email: email ?? '', password, newPassword: null, userAgent: 'Firefox', ip, now, ...more })
}

const refused = { code: 'sign_in_refused', status: 401 }
const limited = { code: 'too_many_attempts', status: 429 }

async function eventsOf(targetId: string) {
  const events = await listAuditEvents(db, workspaceId, { limit: 100, targetId })
  return events.map(({ action, personId, details }) => ({ action, personId, details }))
}

test('the right password starts a session, in whatever spelling the address is typed, and is audited', async () => {
  const member = await newMember()
  const { token, session, person } = await attempt(`  ${member.email?.toUpperCase()} `, { ip: '198.51.100.1' })
  expect(person).toEqual(member)
  expect(await findSession(db, token, now)).toEqual({ session, person: member })
  expect(session.userAgent).toBe('Firefox')
  expect(await eventsOf(member.id)).toEqual([
    { action: 'person.signed_in', personId: member.id, details: { session: session.id, ip: '198.51.100.1' } },
  ])
})

test('a wrong password is refused and audited, without the password and as nobody', async () => {
  const member = await newMember()
  await expect(attempt(member.email, { password: 'planted-wrong-password', ip: '198.51.100.2' })).rejects.toMatchObject(
    refused,
  )
  expect(await listSessions(db, member.id, now)).toEqual([])
  const events = await eventsOf(member.id)
  const details = { reason: 'wrong_password', email: member.email?.toLowerCase(), ip: '198.51.100.2' }
  expect(events).toEqual([{ action: 'person.sign_in_failed', personId: null, details }])
  expect(JSON.stringify(await db.selectFrom('audit_events').selectAll().execute())).not.toContain('planted')
})

test('unknown address, deactivated person and wrong password are told in the same words', async () => {
  const [member, gone] = [await newMember(), await newMember()]
  await deactivatePerson(db, { workspaceId, personId: gone.id, now })
  const failures = await Promise.allSettled([
    attempt(member.email, { password: 'not the password' }),
    attempt('nobody@acme.example'),
    attempt(gone.email),
    attempt('not an address \u0000'),
    attempt(''),
  ])
  const reasons = failures.map((failure) => failure.status === 'rejected' && failure.reason)
  for (const reason of reasons) expect(reason).toMatchObject(refused)
  expect(new Set(reasons.map((reason) => reason.message)).size).toBe(1)
  expect(await eventsOf(gone.id)).toMatchObject([{ details: { reason: 'deactivated' } }])
})

test('a password typed into the wrong field is kept nowhere', async () => {
  await expect(attempt('planted Pa$$word, not an address')).rejects.toMatchObject(refused)
  const kept = [
    await db.selectFrom('audit_events').selectAll().execute(),
    await db.selectFrom('rate_limits').selectAll().execute(),
  ]
  expect(JSON.stringify(kept)).not.toContain('planted Pa$$word')
})

test('an unknown address takes as much work as a known one', async () => {
  const member = await newMember()
  const timed = async (email: string | null) => {
    const start = process.cpuUsage()
    await attempt(email, { password: 'not the password' }).catch(() => undefined)
    const { user, system } = process.cpuUsage(start)
    return user + system
  }
  // The processor's time, not the clock's; without the dummy hash it would be a hundredth.
  expect(await timed('nobody@acme.example')).toBeGreaterThan((await timed(member.email)) / 3)
})

test('after ten failures the address is blocked for a while, for the right password too', async () => {
  const { email, id } = await newMember()
  for (let i = 0; i < 10; i++)
    await expect(attempt(email, { password: 'not the password' })).rejects.toMatchObject(refused)
  await expect(attempt(email)).rejects.toMatchObject({ ...limited, details: { retryAfterSeconds: 900 } })
  await expect(attempt(email, { now: later(14) })).rejects.toMatchObject(limited)
  expect((await attempt(email, { now: later(15) })).person.id).toBe(id)
})

test('of thirty guesses at once no more than ten are looked at', async () => {
  const { email } = await newMember()
  const guesses = Array.from({ length: 30 }, () => attempt(email, { password: 'not the password' }))
  const codes = (await Promise.allSettled(guesses)).map((guess) => guess.status === 'rejected' && guess.reason.code)
  expect(codes.filter((code) => code === 'sign_in_refused')).toHaveLength(10)
  expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(20)
})

test('signing in rightly uses up nothing', async () => {
  const { email, id } = await newMember()
  const ip = '198.51.100.3'
  const used = () => db.selectFrom('rate_limits').select('used').where('key', '=', `sign-in:ip:${ip}`).execute()
  for (let i = 0; i < 3; i++) expect((await attempt(email, { ip })).person.id).toBe(id)
  expect(await used()).toEqual([{ used: 0 }])
  const forEmail = db.selectFrom('rate_limits').select('used').where('key', 'like', 'sign-in:email:%')
  const before = await forEmail.orderBy('key').execute()
  await attempt(email, { ip })
  expect(await forEmail.orderBy('key').execute()).toEqual(before)
})

test('one network address is blocked after a hundred failures, cannot then use up an address’s tries, and is audited once', async () => {
  const ip = '198.51.100.4'
  const { email, id } = await newMember()
  await db
    .insertInto('rate_limits')
    .values({ key: `sign-in:ip:${ip}`, window_started_at: now, used: 100 })
    .execute()
  for (let i = 0; i < 12; i++) await expect(attempt(email, { ip })).rejects.toMatchObject(limited)
  expect((await attempt(email)).person.id).toBe(id)
  const events = await listAuditEvents(db, workspaceId, { limit: 100, action: 'person.sign_in_failed' })
  expect(events.filter(({ details }) => details.ip === ip)).toMatchObject([{ details: { reason: 'rate_limited' } }])
})

test('a sign-in that was looking at the old password when it changed gets no session', async () => {
  const { email, id: personId } = await newMember()
  const fresh = await hashPassword('another pass phrase', 'olga@acme.example')
  const { signingIn } = await db.transaction().execute(async (tx) => {
    await storePassword(tx, { workspaceId, personId, email: email ?? '', hash: fresh, now })
    const signingIn = attempt(email).catch((error: unknown) => error)
    await until(() => hasBlockedQuery(db))
    return { signingIn }
  })
  expect(await signingIn).toMatchObject(refused)
  expect(await listSessions(db, personId, now)).toEqual([])
  expect(await eventsOf(personId)).toMatchObject([{ details: { reason: 'wrong_password' } }])
})
