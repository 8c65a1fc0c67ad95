import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import { newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from './audit.ts'
import { isEmail, normalizeEmail } from './emails.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from './person.ts'
import { createPerson } from './persons.ts'

/** Somebody as a sign-in provider, or the vendor of a surface, named them. */
export interface ProvenIdentity {
  workspaceId: WorkspaceId
  /** Within what `sub` is one person's: `oidc:<issuer>`, or `<surface>:<tenant>`. */
  family: string
  /** The provider's own name for them, which it never gives to anybody else there. */
  sub: string
  trust: IdentityTrust
  email: string | null
  /** Null where the provider does not say. */
  emailVerified: boolean | null
  name: string | null
  now: Date
}

/** How far a provider's word goes. */
export interface IdentityTrust {
  emailDomains: string[]
  emailsAreVouchedFor: boolean
  mayCreatePersons: boolean
  setByOwner: boolean
  /** Whoever has no address that proves anything is a person of their own, without one, instead of refused. */
  takesUnproven: boolean
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
 * address, or makes a new member with it, only where the address is verified and of a domain this provider may speak for; an owner is linked
 * only through a provider that an owner set up, and nobody who has another account there already. Of two at once the first links.
 */
export async function resolveIdentity(tx: Db, identity: ProvenIdentity): Promise<Resolved> {
  const { workspaceId, family, sub, trust } = identity
  const subject = identitySubject(family, sub)
  // why: nothing else holds a row that is not there yet.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`identity ${subject}`}, 0))`.execute(tx)
  const known = await findByIdentity(tx, workspaceId, family, sub)
  if (known) return known.status === 'active' ? { kind: 'person', person: known, how: 'known' } : refused('deactivated')
  const doubt = doubtOf(identity)
  if (doubt && !trust.takesUnproven) return refused(doubt)
  const member = doubt ? undefined : await findMember(tx, workspaceId, identity.email ?? '')
  const resolved = member
    ? await mayLink(tx, member, identity)
    : await create(tx, { ...identity, email: doubt ? null : identity.email })
  if (resolved.kind === 'person') await link(tx, resolved.person, subject)
  return resolved
}

/** The family of an OpenID Connect issuer's identities. */
export const issuerFamily = (issuer: string): string => `oidc:${issuer}`

/** The family of the people of one team or tenant on a surface. */
export const tenantFamily = (surface: string, tenant: string): string => `${surface}:${encodeURIComponent(tenant)}`

/** `oidc:<issuer>:<sub>`, `<surface>:<tenant>:<user>`. The last part holds no colon, so that none of one family can read like one of another. */
export function identitySubject(family: string, sub: string): string {
  return [family, encodeURIComponent(sub)].join(':')
}

/** Forgets every identity of a family; whoever signs in there again is linked anew. Returns how many. */
export async function forgetIdentities(tx: Db, workspaceId: WorkspaceId, family: string): Promise<number> {
  const deleted = await tx
    .deleteFrom('identities')
    .where('workspace_id', '=', workspaceId)
    .where(isOfFamily(family))
    .executeTakeFirst()
  return Number(deleted.numDeletedRows)
}

/** What stands behind the family is one encoded name: of `oidc:https://a` is nothing of `oidc:https://a:8443`. */
function isOfFamily(family: string) {
  const prefix = `${family}:`
  return sql<boolean>`starts_with(subject, ${prefix}) and strpos(substr(subject, ${prefix.length + 1}::integer), ':') = 0`
}

/** A person's accounts on a surface, the one that was linked last first. */
export async function listAccounts(
  db: Db,
  { surface, personId }: { surface: string; personId: PersonId },
): Promise<{ tenant: string; user: string }[]> {
  const rows = await db
    .selectFrom('identities')
    .select('subject')
    .where('person_id', '=', personId)
    .where(sql<boolean>`starts_with(subject, ${`${surface}:`})`)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map(({ subject }) => {
    const [, tenant = '', user = ''] = subject.split(':').map(decodeURIComponent)
    return { tenant, user }
  })
}

/** Why an address proves nothing; undefined when it does. */
function doubtOf({ email, emailVerified, trust }: ProvenIdentity): IdentityRefusal | undefined {
  if (email === null || !isEmail(email)) return 'email_missing'
  const isVerified = emailVerified ?? trust.emailsAreVouchedFor
  if (!isVerified) return 'email_not_verified'
  const domain = normalizeEmail(email).slice(email.lastIndexOf('@') + 1)
  return trust.emailDomains.includes(domain) ? undefined : 'email_of_another_domain'
}

/** The member an identity is known to be of, active or not. */
export async function findByIdentity(
  db: Db,
  workspaceId: WorkspaceId,
  family: string,
  sub: string,
): Promise<Person | undefined> {
  const row = await db
    .selectFrom('identities')
    .innerJoin('persons', 'persons.id', 'identities.person_id')
    .select(PERSON_COLUMNS)
    .where('identities.workspace_id', '=', workspaceId)
    .where('subject', '=', identitySubject(family, sub))
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

async function mayLink(tx: Db, person: Person, { family, trust }: ProvenIdentity): Promise<Resolved> {
  if (person.status !== 'active') return refused('deactivated')
  // why: an administrator could otherwise name a provider of their own, and sign in there as an owner.
  if (person.role === 'owner' && !trust.setByOwner) return refused('owner_not_linked')
  // why: a second account there with the same address is mostly a successor's, who was given the address of somebody who left.
  const other = await tx
    .selectFrom('identities')
    .select('id')
    .where('person_id', '=', person.id)
    .where(isOfFamily(family))
    .executeTakeFirst()
  return other ? refused('another_account_linked') : { kind: 'person', person, how: 'linked' }
}

async function create(tx: Db, identity: ProvenIdentity): Promise<Resolved> {
  const { workspaceId, trust, email, now } = identity
  if (!trust.mayCreatePersons) return refused('person_unknown')
  const wanted = { workspaceId, kind: 'member', role: 'member', email, now } as const
  const fallback = email ?? identity.sub
  const name = identity.name?.trim().slice(0, 120) || fallback
  try {
    const person = await createPerson(tx, { ...wanted, name }).catch((error) => {
      if (error instanceof UserError && error.code === 'invalid_name')
        return createPerson(tx, { ...wanted, name: fallback })
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
