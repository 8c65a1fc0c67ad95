import { UserError } from '#core/errors.ts'
import { newId, type ProjectId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { checkName } from './names.ts'

/** A folder of recipes and connections. */
export interface Project {
  id: ProjectId
  workspaceId: WorkspaceId
  name: string
  createdAt: Date
}

/** Adds a project. Refuses `invalid_name`, and `name_taken` where the workspace has one of that name. */
export async function createProject(
  db: Db,
  { workspaceId, name, now }: { workspaceId: WorkspaceId; name: string; now: Date },
): Promise<Project> {
  const id = newId('project', now.getTime())
  const project: Project = { id, workspaceId, name: checkName(name), createdAt: now }
  const inserted = await db
    .insertInto('projects')
    .values({ id, workspace_id: workspaceId, name: project.name, created_at: now })
    .onConflict((oc) => oc.columns(['workspace_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted) return project
  throw new UserError('name_taken', 'There is a project of that name already.', { status: 409 })
}

/** That project of that workspace; `project_not_found` otherwise. */
export async function loadProject(db: Db, workspaceId: WorkspaceId, projectId: ProjectId): Promise<Project> {
  const row = await db
    .selectFrom('projects')
    .select(['id', 'name', 'created_at as createdAt'])
    .where('id', '=', projectId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (row) return { ...row, workspaceId }
  throw new UserError('project_not_found', 'There is no such project in this workspace.', { status: 404 })
}

/** The workspace's projects, the oldest first. */
export async function listProjects(db: Db, workspaceId: WorkspaceId): Promise<Project[]> {
  const rows = await db
    .selectFrom('projects')
    .select(['id', 'name', 'created_at as createdAt'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, workspaceId }))
}
