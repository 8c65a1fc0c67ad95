import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { IdentityId, PersonId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/** A person's account elsewhere: in a chat, or at a sign-in provider. */
export interface Identity {
  id: IdentityId
  personId: PersonId
  /** The surface's name, or `oidc`. */
  kind: string
  /** The team or tenant, or the issuer. */
  within: string
  /** Its name of them. */
  account: string
  /** Since when it is theirs. */
  linkedAt: Date
}

/** A person's accounts elsewhere, the oldest first. */
export async function listIdentities(db: Db, personId: PersonId): Promise<Identity[]> {
  const rows = await selectElsewhere(db).where('person_id', '=', personId).orderBy('created_at').orderBy('id').execute()
  return rows.map(fromRow)
}

/**
 * That account of somebody in the workspace, held in the caller's transaction; `identity_not_found` otherwise, also for what is no account
 * elsewhere: a password here, or a product's own name of a person.
 */
export async function holdIdentity(tx: Db, workspaceId: WorkspaceId, id: IdentityId): Promise<Identity> {
  const row = await selectElsewhere(tx)
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .forUpdate()
    .executeTakeFirst()
  if (row) return fromRow(row)
  throw new UserError('identity_not_found', 'There is no such account any more. Look at the person again.', {
    status: 404,
  })
}

/** Makes an account nobody's. */
export async function deleteIdentity(tx: Db, { id }: Identity): Promise<void> {
  await tx.deleteFrom('identities').where('id', '=', id).execute()
}

/** Makes an account another person's, from now on. */
export async function moveIdentity(
  tx: Db,
  identity: Identity,
  { personId, now }: { personId: PersonId; now: Date },
): Promise<Identity> {
  const moved = { person_id: personId, created_at: now }
  await tx.updateTable('identities').set(moved).where('id', '=', identity.id).execute()
  return { ...identity, personId, linkedAt: now }
}

/** Makes every account on a surface nobody's, or those of owners; answers whose they were. */
export async function forgetAccountsOn(
  tx: Db,
  { workspaceId, surface, whose }: { workspaceId: WorkspaceId; surface: string; whose: 'everybody' | 'owners' },
): Promise<PersonId[]> {
  let query = tx
    .deleteFrom('identities')
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`starts_with(subject, ${`${surface}:`})`)
  if (whose === 'owners')
    query = query.where('person_id', 'in', (from) =>
      from.selectFrom('persons').select('persons.id').where('role', '=', 'owner'),
    )
  return (await query.returning('person_id').execute()).map(({ person_id }) => person_id)
}

function selectElsewhere(db: Db) {
  return db
    .selectFrom('identities')
    .select(['id', 'person_id', 'subject', 'created_at'])
    .where(sql<boolean>`subject !~ '^(password|external):'`)
}

/** `oidc:<issuer>:<sub>`, whose issuer holds colons, or `<surface>:<tenant>:<user>`. */
function fromRow(row: { id: IdentityId; person_id: PersonId; subject: string; created_at: Date }): Identity {
  const { subject } = row
  const [first, last] = [subject.indexOf(':'), subject.lastIndexOf(':')]
  const kind = subject.slice(0, first)
  const within = subject.slice(first + 1, last)
  return {
    id: row.id,
    personId: row.person_id,
    kind,
    within: kind === 'oidc' ? within : decodeURIComponent(within),
    account: decodeURIComponent(subject.slice(last + 1)),
    linkedAt: row.created_at,
  }
}
