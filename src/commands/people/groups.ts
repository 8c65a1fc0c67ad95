import { UserError } from '#core/errors.ts'
import type { GroupId, PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import {
  addMember,
  type Group,
  createGroup as insertGroup,
  listGroups as readGroups,
  deleteGroup as removeGroup,
  removeMember,
  renameGroup as setGroupName,
} from '#people/groups.ts'
import type { CommandsContext } from '../context.ts'

export type { Group }

/** The workspace's groups with their members, by name. Needs View people. */
export function listGroups(ctx: CommandsContext, actor: Actor): Promise<Group[]> {
  requirePrivilege(actor, 'people.view')
  return readGroups(ctx.db, workspaceOf(actor))
}

/** Adds an empty group. Needs Edit people. Refuses `invalid_name`, `name_taken`. */
export async function createGroup(ctx: CommandsContext, actor: Actor, { name }: { name: string }): Promise<Group> {
  requirePrivilege(actor, 'people.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const group = await insertGroup(tx, { workspaceId: workspaceOf(actor), name })
    await recordAudit(tx, actor, { action: 'group.created', targetId: group.id, details: { name: group.name } })
    return group
  })
}

/** Renames a group. Needs Edit people. Refuses `group_not_found`, `invalid_name`, `name_taken`. */
export async function renameGroup(
  ctx: CommandsContext,
  actor: Actor,
  { groupId, name }: { groupId: GroupId; name: string },
): Promise<Group> {
  requirePrivilege(actor, 'people.edit')
  return ctx.db.transaction().execute(async (tx) => {
    await setGroupName(tx, { workspaceId: workspaceOf(actor), groupId, name })
    const group = await loadGroup(tx, actor, groupId)
    await recordAudit(tx, actor, { action: 'group.renamed', targetId: groupId, details: { name: group.name } })
    return group
  })
}

/** Deletes a group; what was shared with it is shared with its members no longer. Needs Edit people. Refuses `group_not_found`. */
export async function deleteGroup(
  ctx: CommandsContext,
  actor: Actor,
  { groupId }: { groupId: GroupId },
): Promise<void> {
  requirePrivilege(actor, 'people.edit')
  await ctx.db.transaction().execute(async (tx) => {
    const { name } = await loadGroup(tx, actor, groupId)
    await removeGroup(tx, { workspaceId: workspaceOf(actor), groupId })
    await recordAudit(tx, actor, { action: 'group.deleted', targetId: groupId, details: { name } })
  })
}

/** Makes exactly these people the group's members. Needs Edit people. Refuses `group_not_found`, `person_not_found`. */
export async function setGroupMembers(
  ctx: CommandsContext,
  actor: Actor,
  { groupId, personIds }: { groupId: GroupId; personIds: PersonId[] },
): Promise<Group> {
  requirePrivilege(actor, 'people.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const before = (await loadGroup(tx, actor, groupId)).members.map(({ id }) => id)
    const change = { workspaceId: workspaceOf(actor), groupId }
    for (const personId of personIds.filter((id) => !before.includes(id)))
      if (await addMember(tx, { ...change, personId }))
        await recordAudit(tx, actor, { action: 'group.member_added', targetId: groupId, details: { person: personId } })
    for (const personId of before.filter((id) => !personIds.includes(id)))
      if (await removeMember(tx, { ...change, personId }))
        await recordAudit(tx, actor, {
          action: 'group.member_removed',
          targetId: groupId,
          details: { person: personId },
        })
    return loadGroup(tx, actor, groupId)
  })
}

async function loadGroup(tx: Db, actor: Actor, groupId: GroupId): Promise<Group> {
  const group = (await readGroups(tx, workspaceOf(actor))).find(({ id }) => id === groupId)
  if (group) return group
  throw new UserError('group_not_found', 'There is no such group in this workspace.', { status: 404 })
}
