import { createHash } from 'node:crypto'
import { UserError } from '#core/errors.ts'
import type { PersonId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { actorOf } from './actor.ts'
import { addressBlock } from './address-block.ts'
import { recordAudit } from './audit.ts'
import { isEmail, normalizeEmail } from './emails.ts'
import { checkPassword, DUMMY_HASH, hashPassword, passwordSubject, storePassword } from './passwords.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from './person.ts'
import { giveBackToLimit, type Limit, takeFromLimit } from './rate-limit.ts'
import { type Session, startSession } from './sessions.ts'
import { loadOnlyWorkspace } from './workspaces.ts'

const WINDOW_MS = 15 * 60 * 1000
const TRIES_PER_EMAIL = 10
const TRIES_PER_ADDRESS = 100

export interface SignIn {
  email: string
  password: string
  /** Their own, in the place of a first one that was made for them. */
  newPassword: string | null
  userAgent: string | null
  /** Where the request came from, after trusted proxies. */
  ip: string
  now: Date
}

interface Candidate {
  person: Person
  hash: string
  isFirst: boolean
}

/**
 * Signs a member in by e-mail and password and starts a session for this browser.
 *
 * Refuses everything that does not fit with one `sign_in_refused` (401), in the same time: unknown address, wrong
 * password, deactivated person. A first password, made by somebody else, signs nobody in: without a new one to take its place it is
 * `password_not_their_own` (403), with one that will not do `weak_password` (422). Ten failures for one address, or a hundred from one network address, in 15 minutes:
 * `too_many_attempts` (429, `details.retryAfterSeconds`), for the right password too; counted before the password is
 * looked at, so that many at once gain nothing. Success and failure are audited.
 */
export async function signIn(db: Db, attempt: SignIn): Promise<{ token: string; session: Session; person: Person }> {
  const workspace = await loadOnlyWorkspace(db)
  const limits = limitsOf(attempt)
  await takeAttempt(db, workspace.id, limits, attempt)
  const candidate = await findCandidate(db, workspace.id, attempt.email)
  const correct = await checkPassword(attempt.password, candidate?.hash ?? DUMMY_HASH)
  if (!correct || candidate?.person.status !== 'active') throw await refuse(db, workspace.id, attempt, candidate)
  for (const limit of limits) await giveBackToLimit(db, limit.key)
  const ownHash = candidate.isFirst ? await hashOwn(attempt) : null
  const signedIn = await startUnlessChanged(db, { ...candidate, ownHash }, attempt)
  if (!signedIn) throw await refuse(db, workspace.id, attempt, candidate)
  return signedIn
}

// The network address comes first: once it is blocked it can no longer use up the tries of somebody's e-mail address.
// The latter is hashed, because people type passwords into the wrong field, and it bounds the key's length.
function limitsOf({ email, ip }: SignIn): Limit[] {
  const typed = createHash('sha256').update(normalizeEmail(email)).digest('hex')
  return [
    { key: `sign-in:ip:${addressBlock(ip)}`, limit: TRIES_PER_ADDRESS, windowMs: WINDOW_MS },
    { key: `sign-in:email:${typed}`, limit: TRIES_PER_EMAIL, windowMs: WINDOW_MS },
  ]
}

// A blocked address is audited once a window: otherwise anybody could flood the log.
async function takeAttempt(db: Db, workspaceId: WorkspaceId, limits: Limit[], { ip, now }: SignIn): Promise<void> {
  for (const limit of limits) {
    const taken = await takeFromLimit(db, limit, now)
    if (taken.allowed) continue
    if (taken.used === limit.limit + 1) {
      await recordAudit(
        db,
        { workspaceId },
        { action: 'person.sign_in_failed', details: { reason: 'rate_limited', ip } },
      )
    }
    const minutes = Math.ceil(taken.retryAfterSeconds / 60)
    throw new UserError('too_many_attempts', `Too many attempts. Try again in ${minutes} minutes.`, {
      status: 429,
      details: { retryAfterSeconds: taken.retryAfterSeconds },
    })
  }
}

async function findCandidate(db: Db, workspaceId: WorkspaceId, email: string): Promise<Candidate | undefined> {
  if (!isEmail(email.trim())) return undefined
  const row = await db
    .selectFrom('identities')
    .innerJoin('persons', 'persons.id', 'identities.person_id')
    .innerJoin('passwords', 'passwords.person_id', 'persons.id')
    .select(PERSON_COLUMNS)
    .select(['passwords.hash', 'passwords.is_first'])
    .where('identities.workspace_id', '=', workspaceId)
    .where('identities.subject', '=', passwordSubject(email))
    .where('persons.kind', '=', 'member')
    .executeTakeFirst()
  return row && { person: personFromRow(row), hash: row.hash, isFirst: row.is_first }
}

/** Their own password's hash, in the place of the first one. */
function hashOwn({ email, password, newPassword }: SignIn): Promise<string> {
  if (newPassword === null)
    throw new UserError('password_not_their_own', 'Choose a password of your own: somebody else made this one.', {
      status: 403,
    })
  if (newPassword === password)
    throw new UserError('weak_password', 'Choose another password than the one you were given.', { status: 422 })
  return hashPassword(newPassword, email)
}

async function refuse(
  db: Db,
  workspaceId: WorkspaceId,
  { email, ip }: SignIn,
  candidate: Candidate | undefined,
): Promise<UserError> {
  const reason = !candidate ? 'unknown_email' : candidate.person.status !== 'active' ? 'deactivated' : 'wrong_password'
  // What does not look like an address may be a password in the wrong field.
  const typed = isEmail(email.trim()) ? normalizeEmail(email) : null
  await recordAudit(
    db,
    { workspaceId },
    { action: 'person.sign_in_failed', targetId: candidate?.person.id ?? null, details: { reason, email: typed, ip } },
  )
  return new UserError('sign_in_refused', 'This e-mail address and password do not match.', { status: 401 })
}

// The password's row is held: a change of password that is under way either ends this session or refuses it.
async function startUnlessChanged(
  db: Db,
  { person, hash, ownHash }: Candidate & { ownHash: string | null },
  { email, userAgent, ip, now }: SignIn,
) {
  return inTransaction(db, async (tx) => {
    if (!(await holdPassword(tx, person.id, hash))) return undefined
    if (ownHash !== null) {
      await storePassword(tx, { workspaceId: person.workspaceId, personId: person.id, email, hash: ownHash, now })
      await recordAudit(tx, actorOf(person), { action: 'person.password_changed', targetId: person.id })
    }
    const { token, session } = await startSession(tx, { personId: person.id, userAgent, now })
    const details = { session: session.id, ip }
    await recordAudit(tx, actorOf(person, session.id), { action: 'person.signed_in', targetId: person.id, details })
    return { token, session, person }
  })
}

async function holdPassword(tx: Db, personId: PersonId, hash: string): Promise<boolean> {
  const row = await tx
    .selectFrom('passwords')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('hash', '=', hash)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}
