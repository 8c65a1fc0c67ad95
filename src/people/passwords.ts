import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Bug, UserError } from '#core/errors.ts'
import { newId, type PersonId, type SessionId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'
import { normalizeEmail } from './emails.ts'
import { endSessionsOf } from './sessions.ts'

const MIN_LENGTH = 10
const MAX_LENGTH = 1000

// OWASP's parameters for scrypt with 32 MiB; about a quarter of a second of one core.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
const PARAMETERS = { ln: 15, r: 8, p: 3 }
const MAX_MEMORY_BYTES = 64 * 1024 * 1024
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

/**
 * A hash that no password matches: `checkPassword` against it takes as long as against a real one, so that the time of
 * an answer does not tell which e-mail addresses are known.
 */
export const DUMMY_HASH = phcString(PARAMETERS, randomBytes(16), randomBytes(32))

/**
 * Sets a member's password, and with it the identity they sign in by, and ends all their sessions but `keepSession`.
 * Refuses a short or common one with `weak_password`, a person without an e-mail address with `email_required`.
 * A sign-in with the old password that is under way at the same moment gets no session.
 */
export async function setPassword(
  db: Db,
  change: { workspaceId: WorkspaceId; personId: PersonId; password: string; keepSession?: SessionId; now: Date },
): Promise<void> {
  const { workspaceId, personId, now } = change
  const email = await loadSignInEmail(db, workspaceId, personId)
  const hash = await hashPassword(change.password, email)
  await inTransaction(db, async (tx) => {
    await storePassword(tx, { workspaceId, personId, email, hash, now })
    await endSessionsOf(tx, personId, change.keepSession)
  })
}

/**
 * Stores a hash and the `password:<e-mail>` identity. The caller hashed before its transaction: it takes long. `isFirst` says that
 * somebody else made it for them: it signs nobody in, and only serves to choose one's own.
 */
export async function storePassword(
  tx: Db,
  row: { workspaceId: WorkspaceId; personId: PersonId; email: string; hash: string; isFirst?: boolean; now: Date },
): Promise<void> {
  const { workspaceId, personId, hash, isFirst = false, now } = row
  const password = { hash, changed_at: now, is_first: isFirst }
  await tx
    .insertInto('passwords')
    .values({ person_id: personId, ...password })
    .onConflict((oc) => oc.column('person_id').doUpdateSet(password))
    .execute()
  const subject = passwordSubject(row.email)
  await tx
    .insertInto('identities')
    .values({ id: newId('identity'), workspace_id: workspaceId, person_id: personId, subject })
    .onConflict((oc) => oc.columns(['workspace_id', 'subject']).doNothing())
    .execute()
}

/** The identity of somebody who signs in by e-mail and password. */
export function passwordSubject(email: string): string {
  return `password:${normalizeEmail(email)}`
}

/** Hashes a new password for `storePassword`. Refuses a short, overlong or common one with `weak_password`. */
export async function hashPassword(password: string, email: string): Promise<string> {
  refuseWeakPassword(password, email)
  const salt = randomBytes(16)
  return phcString(PARAMETERS, salt, await derive(password, salt, PARAMETERS))
}

/** Whether the password is the one behind the hash. Compares in constant time; an overlong password is simply wrong. */
export async function checkPassword(password: string, hash: string): Promise<boolean> {
  const match = PHC.exec(hash)
  if (!match) throw new Bug('A stored password hash has an unknown form.')
  const [ln, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [salt, expected] = [Buffer.from(match[4] as string, 'base64'), Buffer.from(match[5] as string, 'base64')]
  const derived = await derive(password.slice(0, MAX_LENGTH + 1), salt, { ln, r, p })
  return timingSafeEqual(derived, expected)
}

function refuseWeakPassword(password: string, email: string): void {
  const plain = password.toLowerCase()
  if ([...password].length < MIN_LENGTH || password.length > MAX_LENGTH) {
    throw weakPassword(`Choose a password of ${MIN_LENGTH} to ${MAX_LENGTH} characters.`)
  }
  if (COMMON_PASSWORDS.has(plain) || new Set(plain).size < 4 || plain === normalizeEmail(email)) {
    throw weakPassword('Choose a password that is not so easily guessed.')
  }
}

function weakPassword(message: string): UserError {
  return new UserError('weak_password', message, { status: 422 })
}

async function loadSignInEmail(db: Db, workspaceId: WorkspaceId, personId: PersonId): Promise<string> {
  const person = await db
    .selectFrom('persons')
    .select('email')
    .where('id', '=', personId)
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', 'member')
    .executeTakeFirst()
  if (person?.email) return person.email
  throw new UserError('email_required', 'Only a member with an e-mail address can have a password.', { status: 422 })
}

// NFKC: the same keys typed on two systems give the same password (NIST SP 800-63B, section 3.1.1.2).
function derive(password: string, salt: Buffer, { ln, r, p }: typeof PARAMETERS): Promise<Buffer> {
  const options = { N: 2 ** ln, r, p, maxmem: MAX_MEMORY_BYTES }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md */
function phcString({ ln, r, p }: typeof PARAMETERS, salt: Buffer, key: Buffer): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(key)}`
}
