import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import { type NamespaceId, newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { recordAudit } from './audit.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from './person.ts'
import { createPerson } from './persons.ts'

/** A product's own user, by the product's own id of them. */
export interface ExternalIdentity {
  workspaceId: WorkspaceId
  namespaceId: NamespaceId
  externalId: string
}

const MAX_ID = 200
const UNSAFE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u

/** Of one namespace all subjects begin alike, and of no two namespaces: ids of namespaces hold no colon. */
const prefixOf = ({ workspaceId, namespaceId }: Omit<ExternalIdentity, 'externalId'>): string =>
  `external:${workspaceId}:${namespaceId}:`

function subjectOf({ externalId, ...of }: ExternalIdentity): string {
  if (externalId.trim() === '' || externalId.length > MAX_ID || UNSAFE.test(externalId))
    throw new UserError(
      'external_id_invalid',
      `Give the person's id in your product: 1 to ${MAX_ID} characters, without control characters.`,
      { status: 422 },
    )
  return prefixOf(of) + externalId
}

/** That person, active or not; undefined when the product never spoke of them. Refuses `external_id_invalid`. */
export async function findExternalPerson(db: Db, identity: ExternalIdentity): Promise<Person | undefined> {
  const row = await db
    .selectFrom('identities')
    .innerJoin('persons', 'persons.id', 'identities.person_id')
    .select(PERSON_COLUMNS)
    .where('identities.workspace_id', '=', identity.workspaceId)
    .where('identities.subject', '=', subjectOf(identity))
    .executeTakeFirst()
  return row && personFromRow(row)
}

/** That person, made on first use; of any number at once one makes them. Refuses `external_id_invalid`. */
export async function ensureExternalPerson(db: Db, identity: ExternalIdentity, now: Date): Promise<Person> {
  const known = await findExternalPerson(db, identity)
  return known ?? inTransaction(db, (tx) => makeExternalPerson(tx, identity, now))
}

async function makeExternalPerson(tx: Db, identity: ExternalIdentity, now: Date): Promise<Person> {
  const subject = subjectOf(identity)
  await sql`select pg_advisory_xact_lock(hashtextextended(${subject}, 0))`.execute(tx)
  const known = await findExternalPerson(tx, identity)
  if (known) return known
  const { workspaceId, externalId, namespaceId } = identity
  const name = [...externalId].slice(0, 100).join('')
  const person = await createPerson(tx, { workspaceId, kind: 'external', name, now })
  const row = { id: newId('identity'), workspace_id: workspaceId, person_id: person.id, subject }
  await tx.insertInto('identities').values(row).execute()
  const details = { name: person.name, kind: 'external', namespace_id: namespaceId }
  await recordAudit(tx, { workspaceId }, { action: 'person.created', targetId: person.id, details })
  return person
}

/** A product's own id of a person; undefined for one of another namespace, and for any who is no product's. */
export async function findExternalId(
  db: Db,
  of: Omit<ExternalIdentity, 'externalId'>,
  personId: PersonId,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('identities')
    .select('subject')
    .where('person_id', '=', personId)
    .where('workspace_id', '=', of.workspaceId)
    .where((where) => where(where.fn<boolean>('starts_with', ['subject', where.val(prefixOf(of))]), '=', true))
    .executeTakeFirst()
  return row?.subject.slice(prefixOf(of).length)
}

const isOf = (of: Omit<ExternalIdentity, 'externalId'>) => sql<boolean>`exists (select from identities
  where person_id = persons.id and starts_with(subject, ${prefixOf(of)}))`

/** How many people of a namespace are active. */
export async function countActivePeopleOf(db: Db, of: Omit<ExternalIdentity, 'externalId'>): Promise<number> {
  const { count } = await db
    .selectFrom('persons')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('workspace_id', '=', of.workspaceId)
    .where('kind', '=', 'external')
    .where('status', '=', 'active')
    .where(isOf(of))
    .executeTakeFirstOrThrow()
  return count
}

/** The next people of a namespace who are active still, by their ids. */
export async function nextActivePeopleOf(
  db: Db,
  of: Omit<ExternalIdentity, 'externalId'>,
  { after, limit }: { after: PersonId | ''; limit: number },
): Promise<PersonId[]> {
  const rows = await db
    .selectFrom('persons')
    .select('id')
    .where('workspace_id', '=', of.workspaceId)
    .where('kind', '=', 'external')
    .where('status', '=', 'active')
    .where('id', '>', after as PersonId)
    .where(isOf(of))
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
