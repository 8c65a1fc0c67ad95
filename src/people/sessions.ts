import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { UserError } from '#core/errors.ts'
import { newId, type PersonId, type SessionId, type SignInProviderId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import type { Tables } from '#database/tables.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from './person.ts'

/** A session ends this long after it began, however much it is used. */
export const SESSION_LIFETIME_SECONDS = 30 * 24 * 60 * 60
const IDLE_LIMIT_MS = 7 * 24 * 60 * 60 * 1000
const LAST_SEEN_STEP_MS = 60 * 1000
const MAX_USER_AGENT = 400

/** A browser that is tied to a person. Its token lives in the browser's cookie only; here there is a hash of it. */
export interface Session {
  id: SessionId
  personId: PersonId
  userAgent: string | null
  createdAt: Date
  /** To the minute. */
  lastSeenAt: Date
  expiresAt: Date
}

/** A session as its person sees it. */
export interface ListedSession extends Session {
  /** The label of the sign-in provider, or `password`. */
  signedInBy: string
}

export interface SessionWanted {
  personId: PersonId
  userAgent: string | null
  /** Where they proved who they are; left out: here, by password. */
  signInProviderId?: SignInProviderId
  now: Date
}

/**
 * Ties a browser to a person who has just proved who they are. `token` (256 bits, base64url) goes into the cookie and is
 * never seen again: call this at every sign-in, and never with a token from outside (session fixation).
 * Refuses a person who is not active with `person_deactivated`; waits for a deactivation that is under way.
 */
export async function startSession(
  db: Db,
  { personId, userAgent, signInProviderId, now }: SessionWanted,
): Promise<{ token: string; session: Session }> {
  const token = randomBytes(32).toString('base64url')
  const row = {
    id: newId('session', now.getTime()),
    person_id: personId,
    user_agent: userAgent?.slice(0, MAX_USER_AGENT) ?? null,
    created_at: now,
    last_seen_at: now,
    expires_at: new Date(now.getTime() + SESSION_LIFETIME_SECONDS * 1000),
  }
  await inTransaction(db, async (tx) => {
    await holdActivePerson(tx, personId)
    await tx
      .insertInto('sessions')
      .values({ ...row, token_hash: hashToken(token), sign_in_provider_id: signInProviderId ?? null })
      .execute()
  })
  return { token, session: sessionFromRow(row) }
}

/**
 * The session and the person behind a cookie's token; undefined when it is unknown, ended, 30 days old or 7 days unused,
 * or its person is not active. One query, and at most once a minute a second one that notes the session was seen.
 */
export async function findSession(
  db: Db,
  token: string,
  now: Date,
): Promise<{ session: Session; person: Person } | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('persons', 'persons.id', 'sessions.person_id')
    .select(PERSON_COLUMNS)
    .select([
      'sessions.id as session_id',
      'user_agent',
      'sessions.created_at as session_created_at',
      'last_seen_at',
      'expires_at',
    ])
    .where('token_hash', '=', hashToken(token))
    .where('persons.status', '=', 'active')
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', new Date(now.getTime() - IDLE_LIMIT_MS))
    .executeTakeFirst()
  if (!row) return undefined
  const session = sessionFromRow({ ...row, id: row.session_id, person_id: row.id, created_at: row.session_created_at })
  await noteSeen(db, session, now)
  return { session, person: personFromRow(row) }
}

/** Ends one session of that person; false when they have no such session. It counts from the next request on. */
export async function endSession(
  db: Db,
  { personId, sessionId }: { personId: PersonId; sessionId: SessionId },
): Promise<boolean> {
  const result = await db
    .deleteFrom('sessions')
    .where('id', '=', sessionId)
    .where('person_id', '=', personId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** Ends all sessions of a person, except one where it is given, and returns how many. */
export async function endSessionsOf(db: Db, personId: PersonId, except?: SessionId): Promise<number> {
  let query = db.deleteFrom('sessions').where('person_id', '=', personId)
  if (except !== undefined) query = query.where('id', '<>', except)
  return Number((await query.executeTakeFirst()).numDeletedRows)
}

/** Ends the sessions a person began through these providers, and returns how many. */
export async function endSessionsThrough(tx: Db, personId: PersonId, providerIds: SignInProviderId[]): Promise<number> {
  if (providerIds.length === 0) return 0
  const query = tx.deleteFrom('sessions').where('person_id', '=', personId)
  return Number((await query.where('sign_in_provider_id', 'in', providerIds).executeTakeFirst()).numDeletedRows)
}

/** A person's live sessions, the one last seen first. */
export async function listSessions(db: Db, personId: PersonId, now: Date): Promise<ListedSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .leftJoin('sign_in_providers', 'sign_in_providers.id', 'sessions.sign_in_provider_id')
    .select(['sessions.id', 'person_id', 'user_agent', 'sessions.created_at', 'last_seen_at', 'expires_at', 'label'])
    .where('person_id', '=', personId)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', new Date(now.getTime() - IDLE_LIMIT_MS))
    .orderBy('last_seen_at', 'desc')
    .execute()
  return rows.map((row) => ({ ...sessionFromRow(row), signedInBy: row.label ?? 'password' }))
}

/** Removes the rows of sessions that have run out, and returns how many. For the sweep: they count for nothing before. */
export async function deleteExpiredSessions(db: Db, now: Date): Promise<number> {
  const idleSince = new Date(now.getTime() - IDLE_LIMIT_MS)
  const result = await db
    .deleteFrom('sessions')
    .where((or) => or.or([or('expires_at', '<=', now), or('last_seen_at', '<=', idleSince)]))
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

// why: a share lock on the row makes a deactivation wait for this session, or this session for the deactivation; without
// it a session could slip in behind the deletion and come alive again when the person is reactivated.
async function holdActivePerson(tx: Db, personId: PersonId): Promise<void> {
  const person = await tx
    .selectFrom('persons')
    .select('id')
    .where('id', '=', personId)
    .where('status', '=', 'active')
    .forShare()
    .executeTakeFirst()
  if (person) return
  throw new UserError('person_deactivated', 'This account is deactivated. Ask an administrator.', { status: 403 })
}

async function noteSeen(db: Db, session: Session, now: Date): Promise<void> {
  const due = new Date(now.getTime() - LAST_SEEN_STEP_MS)
  if (session.lastSeenAt > due) return
  await db
    .updateTable('sessions')
    .set({ last_seen_at: now })
    .where('id', '=', session.id)
    .where('last_seen_at', '<=', due)
    .execute()
}

// A token has 256 bits of chance: a plain hash cannot be reversed, and looking it up leaks nothing that helps a guess.
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function sessionFromRow(row: Omit<Selectable<Tables['sessions']>, 'token_hash' | 'sign_in_provider_id'>): Session {
  return {
    id: row.id,
    personId: row.person_id,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
  }
}
