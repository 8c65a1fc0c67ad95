import { createRoute, z } from '@hono/zod-openapi'
import {
  delegate,
  endDelegation,
  endDelegationOf,
  type ViewedDelegation,
  viewDelegations,
  viewDelegationsOf,
} from '#commands/connections/delegations.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { Delegation } from '../asking-contract.ts'
import { answersAll, answersCreated, answersNothing, bodyOf, idOf, withId } from '../route-parts.ts'

const tags = ['Mine']

/** What recipes may do with people's own connections while nobody runs them: one's own for a person’s session alone. */
export function delegationRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const delegations = await viewDelegations(ctx, c.get('actor'))
    return c.json({ data: delegations.map(present) }, 200)
  })
  app.openapi(create, async (c) => {
    const { connection_id: connectionId, recipe_id: recipeId, until } = c.req.valid('json')
    const id = await delegate(ctx, c.get('actor'), { connectionId, recipeId, until: new Date(until) })
    return c.json({ data: { id } }, 201)
  })
  app.openapi(end, async (c) => {
    await endDelegation(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(listOf, async (c) => {
    const { person_id: personId, connection_id: connectionId } = c.req.valid('query')
    const delegations = await viewDelegationsOf(ctx, c.get('actor'), { personId, connectionId })
    return c.json({ data: delegations.map(present) }, 200)
  })
  app.openapi(endOf, async (c) => {
    await endDelegationOf(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
}

function present({ connection, createdAt, expiresAt, ...delegation }: ViewedDelegation): z.infer<typeof Delegation> {
  return {
    ...delegation,
    connection: { id: connection.id, name: connection.name, account_label: connection.accountLabel },
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  }
}

const NewDelegation = z
  .strictObject({
    connection_id: idOf('connection'),
    recipe_id: idOf('recipe'),
    /** At most a year ahead. */
    until: z.iso.datetime({ offset: true }),
  })
  .openapi('NewDelegation')

const list = createRoute({
  method: 'get',
  path: '/me/delegations',
  operationId: 'listMyDelegations',
  summary: 'Which recipes may use my connections without me; with Create connections, those of service persons too',
  tags,
  responses: answersAll(Delegation, 'The newest first.'),
})

const create = createRoute({
  method: 'post',
  path: '/me/delegations',
  operationId: 'delegateMyConnection',
  summary: 'Let one recipe use a connection of mine, or of a service person, without me until a date',
  tags,
  request: bodyOf(NewDelegation),
  responses: answersCreated(
    z.object({ id: z.string() }),
    'For what the recipe does now; what was given before is over.',
  ),
})

const end = createRoute({
  method: 'delete',
  path: '/me/delegations/{id}',
  operationId: 'endMyDelegation',
  summary: 'End a delegation',
  tags,
  request: withId('delegation'),
  responses: answersNothing('Ended.'),
})

const listOf = createRoute({
  method: 'get',
  path: '/delegations',
  operationId: 'listDelegations',
  summary: 'Which recipes may use people’s own connections without them',
  tags: ['Runtime user connections'],
  request: {
    query: z.object({
      person_id: idOf('person').optional(),
      /** A runtime user connection, or a parent: then all beneath it. */
      connection_id: idOf('connection').optional(),
    }),
  },
  responses: answersAll(Delegation, 'The newest first, at most 500.'),
})

const endOf = createRoute({
  method: 'delete',
  path: '/delegations/{id}',
  operationId: 'endDelegation',
  summary: 'End a delegation of anybody',
  tags: ['Runtime user connections'],
  request: withId('delegation'),
  responses: answersNothing('Ended; a job that goes by it stops before its next request.'),
})
