import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { createProject, listProjects, loadProject } from './projects.ts'

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

test('a project is made once a name, in each workspace', async () => {
  const main = await createProject(db, { workspaceId, name: ' Main ', now })
  await expect(createProject(db, { workspaceId, name: 'Main', now })).rejects.toMatchObject({
    code: 'name_taken',
    status: 409,
  })
  const others = await createProject(db, { workspaceId: otherId, name: 'Main', now })
  const sales = await createProject(db, { workspaceId, name: 'Sales', now: new Date(now.getTime() + 1) })
  expect(await listProjects(db, workspaceId)).toEqual([main, sales])
  expect(await listProjects(db, otherId)).toEqual([others])
})

test('a project is found in its own workspace only', async () => {
  const project = await createProject(db, { workspaceId, name: 'Support', now })
  expect(await loadProject(db, workspaceId, project.id)).toEqual(project)
  await expect(loadProject(db, otherId, project.id)).rejects.toMatchObject({ code: 'project_not_found', status: 404 })
})
