import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { addMember, createGroup, deleteGroup, listGroups, removeMember, renameGroup } from './groups.ts'
import { createPerson } from './persons.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const now = new Date('2026-11-22T10:00:00Z')
const [workspaceId, otherId] = ['wks_acme', 'wks_other'] as const
await db
  .insertInto('workspaces')
  .values([
    { id: workspaceId, name: 'Acme' },
    { id: otherId, name: 'Other' },
  ])
  .execute()
const alice = await createPerson(db, { workspaceId, kind: 'service', name: 'Alice Ng', now })
const bob = await createPerson(db, { workspaceId, kind: 'service', name: 'Bob Ortiz', now })

const groupNotFound = { code: 'group_not_found', status: 404 }
const nameTaken = { code: 'name_taken', status: 409 }

test('groups are listed by name with their members by name', async () => {
  const sales = await createGroup(db, { workspaceId, name: 'Sales' })
  await createGroup(db, { workspaceId, name: 'Engineering' })
  expect(await addMember(db, { workspaceId, groupId: sales.id, personId: bob.id })).toBe(true)
  expect(await addMember(db, { workspaceId, groupId: sales.id, personId: alice.id })).toBe(true)
  expect(await addMember(db, { workspaceId, groupId: sales.id, personId: alice.id })).toBe(false)
  expect(await listGroups(db, workspaceId)).toMatchObject([
    { name: 'Engineering', members: [] },
    {
      id: sales.id,
      name: 'Sales',
      members: [
        { id: alice.id, name: 'Alice Ng' },
        { id: bob.id, name: 'Bob Ortiz' },
      ],
    },
  ])
  expect(await removeMember(db, { workspaceId, groupId: sales.id, personId: alice.id })).toBe(true)
  expect(await removeMember(db, { workspaceId, groupId: sales.id, personId: alice.id })).toBe(false)
})

test('a name is taken once, by making and by renaming', async () => {
  const group = await createGroup(db, { workspaceId, name: 'Finance' })
  await createGroup(db, { workspaceId, name: 'Legal' })
  await expect(createGroup(db, { workspaceId, name: ' Legal ' })).rejects.toMatchObject(nameTaken)
  await expect(renameGroup(db, { workspaceId, groupId: group.id, name: 'Legal' })).rejects.toMatchObject(nameTaken)
  await renameGroup(db, { workspaceId, groupId: group.id, name: 'Money' })
  expect((await listGroups(db, workspaceId)).map(({ name }) => name)).toContain('Money')
})

test('a deleted group is gone with its memberships', async () => {
  const { id: groupId } = await createGroup(db, { workspaceId, name: 'Interns' })
  await addMember(db, { workspaceId, groupId, personId: alice.id })
  await deleteGroup(db, { workspaceId, groupId })
  expect((await listGroups(db, workspaceId)).map(({ id }) => id)).not.toContain(groupId)
  expect(await db.selectFrom('group_members').selectAll().where('group_id', '=', groupId).execute()).toEqual([])
  await expect(deleteGroup(db, { workspaceId, groupId })).rejects.toMatchObject(groupNotFound)
})

test('nothing crosses from one workspace to another', async () => {
  const { id: groupId } = await createGroup(db, { workspaceId, name: 'Board' })
  const carol = await createPerson(db, { workspaceId: otherId, kind: 'service', name: 'Carol', now })
  const elsewhere = { workspaceId: otherId, groupId }
  await expect(renameGroup(db, { ...elsewhere, name: 'X' })).rejects.toMatchObject(groupNotFound)
  await expect(deleteGroup(db, elsewhere)).rejects.toMatchObject(groupNotFound)
  await expect(addMember(db, { ...elsewhere, personId: carol.id })).rejects.toMatchObject(groupNotFound)
  await expect(removeMember(db, { ...elsewhere, personId: carol.id })).rejects.toMatchObject(groupNotFound)
  await expect(addMember(db, { workspaceId, groupId, personId: carol.id })).rejects.toMatchObject({
    code: 'person_not_found',
  })
  expect(await listGroups(db, otherId)).toEqual([])
})
