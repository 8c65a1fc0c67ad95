import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import { newId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from './audit.ts'
import { isEmail, normalizeEmail } from './emails.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from './person.ts'
import { createPerson } from './persons.ts'

/** Somebody as a sign-in provider named them. */
export interface ProvenIdentity {
  workspaceId: WorkspaceId
  provider: TrustedProvider
  /** The provider's own name for them, which it never gives to anybody else. */
  sub: string
  email: string | null
  /** Null where the provider does not say. */
  emailVerified: boolean | null
  name: string | null
  now: Date
}

/** How far a provider's word goes. */
export interface TrustedProvider {
  issuer: string
  emailDomains: string[]
  emailsAreVouchedFor: boolean
  mayCreatePersons: boolean
  setByOwner: boolean
}

export type IdentityRefusal =
  | 'deactivated'
  | 'email_missing'
  | 'email_not_verified'
  | 'email_of_another_domain'
  | 'owner_not_linked'
  | 'another_account_linked'
  | 'person_unknown'
  | 'email_taken'

export type Resolved =
  | { kind: 'person'; person: Person; how: 'known' | 'linked' | 'created' }
  | { kind: 'refused'; why: IdentityRefusal }

/**
 * Whose identity it is, in the caller's transaction. A known one is its person's. An unknown one is linked to the member with its e-mail
 * address, or makes a new member, only where the address is verified and of a domain this provider may speak for; an owner is linked
 * only through a provider that an owner set up, and nobody who has another account there already. Of two at once the first links.
 */
export async function resolveIdentity(tx: Db, identity: ProvenIdentity): Promise<Resolved> {
  const { workspaceId, provider, sub } = identity
  const subject = identitySubject(provider.issuer, sub)
  // why: nothing else holds a row that is not there yet.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`identity ${subject}`}, 0))`.execute(tx)
  const known = await findByIdentity(tx, workspaceId, subject)
  if (known) return known.status === 'active' ? { kind: 'person', person: known, how: 'known' } : refused('deactivated')
  const doubt = doubtOf(identity)
  if (doubt) return refused(doubt)
  const member = await findMember(tx, workspaceId, identity.email ?? '')
  const resolved = member ? await mayLink(tx, member, provider) : await create(tx, identity)
  if (resolved.kind === 'person') await link(tx, resolved.person, subject)
  return resolved
}

/**
 * `oidc:<issuer>:<sub>`. The provider's part holds no colon, so that no `sub` of one issuer can read like one of another.
 */
export function identitySubject(issuer: string, sub: string): string {
  return ['oidc', issuer, encodeURIComponent(sub)].join(':')
}

/** Forgets every identity of an issuer; whoever signs in there again is linked anew. Returns how many. */
export async function forgetIdentities(tx: Db, workspaceId: WorkspaceId, issuer: string): Promise<number> {
  const deleted = await tx
    .deleteFrom('identities')
    .where('workspace_id', '=', workspaceId)
    .where(isOfIssuer(issuer))
    .executeTakeFirst()
  return Number(deleted.numDeletedRows)
}

/** What stands behind the issuer is one encoded name: of `https://a` is nothing of `https://a:8443`. */
function isOfIssuer(issuer: string) {
  const prefix = `oidc:${issuer}:`
  return sql<boolean>`starts_with(subject, ${prefix}) and strpos(substr(subject, ${prefix.length + 1}::integer), ':') = 0`
}

/** Why an address proves nothing; undefined when it does. */
function doubtOf({ email, emailVerified, provider }: ProvenIdentity): IdentityRefusal | undefined {
  if (email === null || !isEmail(email)) return 'email_missing'
  const isVerified = emailVerified ?? provider.emailsAreVouchedFor
  if (!isVerified) return 'email_not_verified'
  const domain = normalizeEmail(email).slice(email.lastIndexOf('@') + 1)
  return provider.emailDomains.includes(domain) ? undefined : 'email_of_another_domain'
}

async function findByIdentity(tx: Db, workspaceId: WorkspaceId, subject: string): Promise<Person | undefined> {
  const row = await tx
    .selectFrom('identities')
    .innerJoin('persons', 'persons.id', 'identities.person_id')
    .select(PERSON_COLUMNS)
    .where('identities.workspace_id', '=', workspaceId)
    .where('subject', '=', subject)
    .where('persons.kind', '=', 'member')
    .executeTakeFirst()
  return row && personFromRow(row)
}

async function findMember(tx: Db, workspaceId: WorkspaceId, email: string): Promise<Person | undefined> {
  const row = await tx
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', sql.lit('member' as const))
    .where(sql<string>`lower(email)`, '=', normalizeEmail(email))
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && personFromRow(row)
}

async function mayLink(tx: Db, person: Person, provider: TrustedProvider): Promise<Resolved> {
  if (person.status !== 'active') return refused('deactivated')
  // why: an administrator could otherwise name a provider of their own, and sign in there as an owner.
  if (person.role === 'owner' && !provider.setByOwner) return refused('owner_not_linked')
  // why: a second account there with the same address is mostly a successor's, who was given the address of somebody who left.
  const other = await tx
    .selectFrom('identities')
    .select('id')
    .where('person_id', '=', person.id)
    .where(isOfIssuer(provider.issuer))
    .executeTakeFirst()
  return other ? refused('another_account_linked') : { kind: 'person', person, how: 'linked' }
}

async function create(tx: Db, identity: ProvenIdentity): Promise<Resolved> {
  const { workspaceId, provider, email, now } = identity
  if (!provider.mayCreatePersons || email === null) return refused('person_unknown')
  const wanted = { workspaceId, kind: 'member', role: 'member', email, now } as const
  const name = identity.name?.trim().slice(0, 120) || email
  try {
    const person = await createPerson(tx, { ...wanted, name }).catch((error) => {
      if (error instanceof UserError && error.code === 'invalid_name')
        return createPerson(tx, { ...wanted, name: email })
      throw error
    })
    const event = {
      action: 'person.created',
      targetId: person.id,
      details: { name: person.name, role: 'member' },
    } as const
    await recordAudit(tx, { workspaceId }, event)
    return { kind: 'person', person, how: 'created' }
  } catch (error) {
    if (error instanceof UserError && error.code === 'email_taken') return refused('email_taken')
    throw error
  }
}

async function link(tx: Db, { id: personId, workspaceId }: Person, subject: string): Promise<void> {
  await tx
    .insertInto('identities')
    .values({ id: newId('identity'), workspace_id: workspaceId, person_id: personId, subject })
    .execute()
}

const refused = (why: IdentityRefusal): Resolved => ({ kind: 'refused', why })
