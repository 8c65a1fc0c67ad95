import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { createProject as insertProject, type Project, listProjects as readProjects } from '#people/projects.ts'
import type { CommandsContext } from '../context.ts'
import { requireAnyPrivilege } from '../require-any-privilege.ts'

export type { Project }

/** The workspace's projects, the oldest first, for whoever may see something that lies in one, or edit projects. */
export function listProjects(ctx: CommandsContext, actor: Actor): Promise<Project[]> {
  requireAnyPrivilege(actor, 'recipes.view', 'connections.view', 'runtime_user_connections.view', 'projects.edit')
  return readProjects(ctx.db, workspaceOf(actor))
}

/** Adds a project. Needs Edit projects. Refuses `invalid_name`, `name_taken`. */
export async function createProject(ctx: CommandsContext, actor: Actor, { name }: { name: string }): Promise<Project> {
  requirePrivilege(actor, 'projects.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const project = await insertProject(tx, { workspaceId: workspaceOf(actor), name, now: ctx.clock() })
    await recordAudit(tx, actor, { action: 'project.created', targetId: project.id, details: { name: project.name } })
    return project
  })
}
