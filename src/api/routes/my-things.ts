import { createRoute, z } from '@hono/zod-openapi'
import { connectMine, listMyConnections } from '#commands/connections/my-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import { viewMyJobs } from '#commands/jobs/view-jobs.ts'
import { listMyRecipes } from '#commands/recipes/my-recipes.ts'
import type { ApiApp } from '../api-env.ts'
import { MyConnection, RunnableRecipe } from '../contract.ts'
import { JobSummary } from '../jobs-contract.ts'
import { presentMyConnection } from '../presenters/connections.ts'
import { presentJobSummary } from '../presenters/jobs.ts'
import { answers, answersAll, answersPage, idOf, Limit, nextOf } from '../route-parts.ts'

const tags = ['Mine']

/** What is a person’s own, whatever their role: connections, recipes they may run, jobs. For a person’s session alone. */
export function myRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(listConnections, async (c) => {
    const mine = await listMyConnections(ctx, c.get('actor'))
    return c.json({ data: mine.map((each) => presentMyConnection(ctx, each)) }, 200)
  })
  app.openapi(connect, async (c) => {
    const url = await connectMine(ctx, c.get('actor'), c.req.valid('param').parent_id)
    return c.json({ data: { url } }, 200)
  })
  app.openapi(listRecipes, async (c) => c.json({ data: await listMyRecipes(ctx, c.get('actor')) }, 200))
  app.openapi(listJobs, async (c) => {
    const query = c.req.valid('query')
    const jobs = await viewMyJobs(ctx, c.get('actor'), query)
    return c.json({ data: jobs.map(presentJobSummary), next: nextOf(jobs, query.limit) }, 200)
  })
}

const listConnections = createRoute({
  method: 'get',
  path: '/me/connections',
  operationId: 'listMyConnections',
  summary: 'My connections, and those my recipes will ask me for',
  tags,
  responses: answersAll(MyConnection, 'By application.'),
})

const connect = createRoute({
  method: 'post',
  path: '/me/connections/{parent_id}/connect',
  operationId: 'connectMyAccount',
  summary: 'Begin connecting, or reconnecting, my own account',
  tags,
  request: { params: z.object({ parent_id: idOf('connection') }) },
  responses: answers(z.object({ url: z.string() }), 'The connect page; only this person’s own session opens it.'),
})

const listRecipes = createRoute({
  method: 'get',
  path: '/me/recipes',
  operationId: 'listMyRecipes',
  summary: 'The started recipes I may run',
  tags,
  responses: answersAll(RunnableRecipe, 'By name.'),
})

const listJobs = createRoute({
  method: 'get',
  path: '/me/jobs',
  operationId: 'listMyJobs',
  summary: 'My jobs',
  tags,
  request: { query: z.object({ before: idOf('job').optional(), limit: Limit }) },
  responses: answersPage(JobSummary, 'The newest first.'),
})
