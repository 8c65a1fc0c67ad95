import { UserError } from '#core/errors.ts'
import { newId, type ProjectId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { checkName } from './names.ts'

/** A folder of recipes and connections. */
export interface Project {
  id: ProjectId
  workspaceId: WorkspaceId
  name: string
}

/** Adds a project. Refuses `invalid_name`, and `name_taken` where the workspace has one of that name. */
export async function createProject(
  db: Db,
  { workspaceId, name }: { workspaceId: WorkspaceId; name: string },
): Promise<Project> {
  const project: Project = { id: newId('project'), workspaceId, name: checkName(name) }
  const inserted = await db
    .insertInto('projects')
    .values({ id: project.id, workspace_id: workspaceId, name: project.name })
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
    .select(['id', 'name'])
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
    .select(['id', 'name'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, workspaceId }))
}
