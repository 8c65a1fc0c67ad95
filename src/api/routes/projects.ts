import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { createProject, listProjects } from '#commands/people/projects.ts'
import type { ApiApp } from '../api-env.ts'
import { Project } from '../contract.ts'
import { presentProject } from '../presenters/people.ts'
import { answersAll, answersCreated, bodyOf } from '../route-parts.ts'

const tags = ['Projects']

/** The folders in which recipes and connections lie. */
export function projectRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const projects = await listProjects(ctx, c.get('actor'))
    return c.json({ data: projects.map(presentProject) }, 200)
  })
  app.openapi(create, async (c) => {
    const project = await createProject(ctx, c.get('actor'), c.req.valid('json'))
    return c.json({ data: presentProject(project) }, 201)
  })
}

const NewProject = z.strictObject({ name: z.string().max(500) }).openapi('NewProject')

const list = createRoute({
  method: 'get',
  path: '/projects',
  operationId: 'listProjects',
  summary: 'The projects',
  tags,
  responses: answersAll(Project, 'The oldest first.'),
})

const create = createRoute({
  method: 'post',
  path: '/projects',
  operationId: 'createProject',
  summary: 'Add a project',
  tags,
  request: bodyOf(NewProject),
  responses: answersCreated(Project, 'The project.'),
})
