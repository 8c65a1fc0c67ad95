import { UserError } from '#core/errors.ts'
import { newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { checkEmail } from './emails.ts'
import { checkName } from './names.ts'
import { hashPassword, storePassword } from './passwords.ts'
import { PERSON_COLUMNS, type Person, personFromRow, personToRow } from './person.ts'
import type { Role } from './privileges.ts'

/**
 * A member signs in with an e-mail address, or, where none of theirs is proven, only where they are known from; an external or service
 * person has the role Member and never signs in.
 */
export type NewPerson = { workspaceId: WorkspaceId; name: string; now: Date } & (
  | { kind: 'member'; email: string | null; role: Role; password?: string }
  | { kind: 'external' | 'service' }
)

/**
 * Adds a person. A member without a password cannot sign in by one until `setPassword`.
 * Refuses `invalid_name`, `invalid_email`, `weak_password`, and `email_taken` where a member, even a deactivated one,
 * has that address already; of two at once one wins. Whether the actor may give the role is for the caller to ask.
 */
export async function createPerson(db: Db, wanted: NewPerson): Promise<Person> {
  const { workspaceId, kind, now } = wanted
  const email = kind === 'member' && wanted.email !== null ? checkEmail(wanted.email) : null
  const role = kind === 'member' ? wanted.role : 'member'
  const id = newId('person', now.getTime())
  const name = checkName(wanted.name)
  const person: Person = { id, workspaceId, kind, name, email, role, status: 'active', createdAt: now }
  const password = kind === 'member' ? wanted.password : undefined
  if (email === null || password === undefined) {
    await insertPerson(db, person)
    return person
  }
  const hash = await hashPassword(password, email)
  await inTransaction(db, async (tx) => {
    await insertPerson(tx, person)
    await storePassword(tx, { workspaceId, personId: id, email, hash, now })
  })
  return person
}

/** That person of that workspace, active or not; `person_not_found` otherwise. */
export async function loadPerson(db: Db, workspaceId: WorkspaceId, personId: PersonId): Promise<Person> {
  const row = await db
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .where('id', '=', personId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (!row) throw personNotFound()
  return personFromRow(row)
}

/** The same, of several: until the caller's transaction ends nobody else deactivates them or gives them another role. */
export async function holdPersons(tx: Db, workspaceId: WorkspaceId, personIds: PersonId[]): Promise<Person[]> {
  // In the order of their ids, so that two who hold the same people wait for one another.
  await tx.selectFrom('persons').select('id').where('id', 'in', personIds).orderBy('id').forNoKeyUpdate().execute()
  return Promise.all(personIds.map((id) => loadPerson(tx, workspaceId, id)))
}

/** Everybody in the workspace, by name; deactivated people too. The people of products, who may be very many, only when asked for. */
export async function listPersons(
  db: Db,
  workspaceId: WorkspaceId,
  { external = false }: { external?: boolean } = {},
): Promise<Person[]> {
  const rows = await db
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .where('workspace_id', '=', workspaceId)
    .where('kind', external ? '=' : '<>', 'external')
    .orderBy('name')
    .orderBy('id')
    .execute()
  return rows.map(personFromRow)
}

/** Renames a person. Refuses `invalid_name`, `person_not_found`. */
export async function renamePerson(
  db: Db,
  { workspaceId, personId, name }: { workspaceId: WorkspaceId; personId: PersonId; name: string },
): Promise<Person> {
  const row = await db
    .updateTable('persons')
    .set({ name: checkName(name) })
    .where('id', '=', personId)
    .where('workspace_id', '=', workspaceId)
    .returning(PERSON_COLUMNS)
    .executeTakeFirst()
  if (!row) throw personNotFound()
  return personFromRow(row)
}

/**
 * Gives a member another role. `from` is the role the caller saw, and asked `mayAssignRole` about: when somebody else
 * changed it since, nothing happens and `role_changed` is thrown. The last active owner stays one (`last_owner`), also
 * when two owners unmake each other at once.
 */
export async function setRole(
  db: Db,
  change: { workspaceId: WorkspaceId; personId: PersonId; from: Role; to: Role },
): Promise<Person> {
  const { workspaceId, personId, from, to } = change
  return inTransaction(db, async (tx) => {
    if (from === 'owner' && to !== 'owner') await keepAnOwner(tx, workspaceId, personId)
    const row = await tx
      .updateTable('persons')
      .set({ role: to })
      .where('id', '=', personId)
      .where('workspace_id', '=', workspaceId)
      .where('kind', '=', 'member')
      .where('role', '=', from)
      .returning(PERSON_COLUMNS)
      .executeTakeFirst()
    if (row) return personFromRow(row)
    await loadPerson(tx, workspaceId, personId)
    throw new UserError('role_changed', 'The role is another one by now. Reload the page and look again.', {
      status: 409,
    })
  })
}

/**
 * Deactivates a person and ends all their sessions in one transaction. Their connections and jobs are for the caller to
 * end, in the same transaction. Refuses `last_owner`. Doing it twice changes nothing.
 */
export async function deactivatePerson(
  db: Db,
  { workspaceId, personId, now }: { workspaceId: WorkspaceId; personId: PersonId; now: Date },
): Promise<Person> {
  return inTransaction(db, async (tx) => {
    await keepAnOwner(tx, workspaceId, personId)
    await tx
      .updateTable('persons')
      .set({ status: 'deactivated', deactivated_at: now })
      .where('id', '=', personId)
      .where('workspace_id', '=', workspaceId)
      .where('status', '=', 'active')
      .execute()
    const person = await loadPerson(tx, workspaceId, personId)
    await tx.deleteFrom('sessions').where('person_id', '=', personId).execute()
    return person
  })
}

/** Lets a person in again, with the role they had; they sign in anew and connect their accounts anew. */
export async function reactivatePerson(
  db: Db,
  { workspaceId, personId }: { workspaceId: WorkspaceId; personId: PersonId },
): Promise<Person> {
  const row = await db
    .updateTable('persons')
    .set({ status: 'active', deactivated_at: null })
    .where('id', '=', personId)
    .where('workspace_id', '=', workspaceId)
    .returning(PERSON_COLUMNS)
    .executeTakeFirst()
  if (!row) throw personNotFound()
  return personFromRow(row)
}

async function insertPerson(db: Db, person: Person): Promise<void> {
  const inserted = await db
    .insertInto('persons')
    .values(personToRow(person))
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted) return
  throw new UserError('email_taken', 'Somebody in this workspace has that e-mail address already.', { status: 409 })
}

// why: the owners' rows are locked, so that a second change waits here and then sees what the first one left.
async function keepAnOwner(tx: Db, workspaceId: WorkspaceId, leaving: PersonId): Promise<void> {
  const owners = await tx
    .selectFrom('persons')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'owner')
    .where('status', '=', 'active')
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  if (owners.length !== 1 || owners[0]?.id !== leaving) return
  throw new UserError('last_owner', 'This is the only owner left. Make somebody else an owner first.', { status: 409 })
}

function personNotFound(): UserError {
  return new UserError('person_not_found', 'There is no such person in this workspace.', { status: 404 })
}
