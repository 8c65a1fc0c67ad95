import { UserError } from '#core/errors.ts'
import { type GroupId, newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { checkName } from './names.ts'
import { loadPerson } from './persons.ts'

/** A set of persons, to share recipes with. */
export interface Group {
  id: GroupId
  workspaceId: WorkspaceId
  name: string
  /** By name. */
  members: { id: PersonId; name: string }[]
}

/** Adds an empty group. Refuses `invalid_name`, and `name_taken` where the workspace has one of that name. */
export async function createGroup(
  db: Db,
  { workspaceId, name }: { workspaceId: WorkspaceId; name: string },
): Promise<Group> {
  const group: Group = { id: newId('group'), workspaceId, name: checkName(name), members: [] }
  const inserted = await db
    .insertInto('groups')
    .values({ id: group.id, workspace_id: workspaceId, name: group.name })
    .onConflict((oc) => oc.columns(['workspace_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted) throw nameTaken()
  return group
}

/** Renames a group. Refuses `invalid_name`, `name_taken`, `group_not_found`. */
export async function renameGroup(
  db: Db,
  { workspaceId, groupId, name }: { workspaceId: WorkspaceId; groupId: GroupId; name: string },
): Promise<void> {
  const result = await db
    .updateTable('groups')
    .set({ name: checkName(name) })
    .where('id', '=', groupId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken(error) : error
    })
  if (result.numUpdatedRows === 0n) throw groupNotFound()
}

/** Deletes a group; what was shared with it is no longer shared with its members. Refuses `group_not_found`. */
export async function deleteGroup(
  db: Db,
  { workspaceId, groupId }: { workspaceId: WorkspaceId; groupId: GroupId },
): Promise<void> {
  const result = await db
    .deleteFrom('groups')
    .where('id', '=', groupId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (result.numDeletedRows === 0n) throw groupNotFound()
}

interface Membership {
  workspaceId: WorkspaceId
  groupId: GroupId
  personId: PersonId
}

/** Puts a person into a group; false when they were in it. Refuses `group_not_found`, `person_not_found`. */
export async function addMember(db: Db, { workspaceId, groupId, personId }: Membership): Promise<boolean> {
  await loadPerson(db, workspaceId, personId)
  await requireGroup(db, workspaceId, groupId)
  const result = await db
    .insertInto('group_members')
    .values({ group_id: groupId, person_id: personId })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Takes a person out of a group; false when they were not in it. Refuses `group_not_found`. */
export async function removeMember(db: Db, { workspaceId, groupId, personId }: Membership): Promise<boolean> {
  await requireGroup(db, workspaceId, groupId)
  const result = await db
    .deleteFrom('group_members')
    .where('group_id', '=', groupId)
    .where('person_id', '=', personId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** The workspace's groups by name, each with its members, deactivated people included. */
export async function listGroups(db: Db, workspaceId: WorkspaceId): Promise<Group[]> {
  const rows = await db
    .selectFrom('groups')
    .leftJoin('group_members', 'group_members.group_id', 'groups.id')
    .leftJoin('persons', 'persons.id', 'group_members.person_id')
    .select(['groups.id', 'groups.name', 'persons.id as personId', 'persons.name as personName'])
    .where('groups.workspace_id', '=', workspaceId)
    .orderBy('groups.name')
    .orderBy('persons.name')
    .execute()
  const groups = new Map<GroupId, Group>()
  for (const { id, name, personId, personName } of rows) {
    const group = groups.get(id) ?? { id, workspaceId, name, members: [] }
    groups.set(id, group)
    if (personId !== null && personName !== null) group.members.push({ id: personId, name: personName })
  }
  return [...groups.values()]
}

async function requireGroup(db: Db, workspaceId: WorkspaceId, groupId: GroupId): Promise<void> {
  const row = await db
    .selectFrom('groups')
    .select('id')
    .where('id', '=', groupId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (!row) throw groupNotFound()
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505'
}

function nameTaken(cause?: unknown): UserError {
  return new UserError('name_taken', 'There is a group of that name already.', { status: 409, cause })
}

function groupNotFound(): UserError {
  return new UserError('group_not_found', 'There is no such group in this workspace.', { status: 404 })
}
