import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { listAuditEvents } from './audit.ts'
import { listProjects } from './projects.ts'
import { createWorkspaceWithOwner, findOnlyWorkspace, loadOnlyWorkspace } from './workspaces.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const wanted = {
  workspaceName: 'Acme',
  ownerName: 'Olga',
  email: 'olga@acme.example',
  password: 'a long pass phrase',
  now: new Date('2026-11-22T10:00:00Z'),
}

test('before the first run there is no workspace, and who needs one is told what to do', async () => {
  expect(await findOnlyWorkspace(db)).toBeUndefined()
  await expect(loadOnlyWorkspace(db)).rejects.toMatchObject({ code: 'not_set_up', status: 409 })
})

test.each([
  ['workspaceName', '', 'invalid_name'],
  ['ownerName', ' ', 'invalid_name'],
  ['email', 'olga', 'invalid_email'],
  ['password', 'short', 'weak_password'],
])('a first run with a bad %s leaves nothing behind', async (field, value, code) => {
  await expect(createWorkspaceWithOwner(db, { ...wanted, [field]: value })).rejects.toMatchObject({ code })
  expect(await findOnlyWorkspace(db)).toBeUndefined()
})

test('of five first runs at once exactly one wins, with owner, project and audit event', async () => {
  const runs = Array.from({ length: 5 }, (_, n) =>
    createWorkspaceWithOwner(db, { ...wanted, workspaceName: `Acme ${n}`, email: `olga${n}@acme.example` }),
  )
  const results = await Promise.allSettled(runs)
  const won = results.filter((result) => result.status === 'fulfilled').map((result) => result.value)
  const lost = results.filter((result) => result.status === 'rejected').map((result) => result.reason.code)
  expect(won).toHaveLength(1)
  expect(lost).toEqual(Array(4).fill('already_set_up'))

  const { workspace, owner, project } = won[0]!
  expect(await loadOnlyWorkspace(db)).toEqual(workspace)
  expect(owner).toMatchObject({ role: 'owner', kind: 'member', status: 'active', workspaceId: workspace.id })
  expect(project).toMatchObject({ workspaceId: workspace.id, name: 'Main' })
  expect(await listProjects(db, workspace.id)).toEqual([project])
  expect(await db.selectFrom('persons').select('id').execute()).toHaveLength(1)
  expect(await listAuditEvents(db, workspace.id, { limit: 10 })).toMatchObject([
    { action: 'workspace.created', personId: owner.id, targetId: workspace.id },
  ])
})
