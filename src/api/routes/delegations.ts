import { createRoute, z } from '@hono/zod-openapi'
import { delegate, endDelegation, type ViewedDelegation, viewDelegations } from '#commands/connections/delegations.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { answersAll, answersCreated, answersNothing, bodyOf, idOf, withId } from '../route-parts.ts'

const tags = ['Mine']

/** What recipes may do with one's own connections while nobody runs them. For a person’s session alone. */
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
}

function present({ connection, createdAt, expiresAt, ...delegation }: ViewedDelegation): z.infer<typeof Delegation> {
  return {
    ...delegation,
    connection: { id: connection.id, name: connection.name, account_label: connection.accountLabel },
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  }
}

const Named = z.object({ id: z.string(), name: z.string() })

const Delegation = z
  .object({
    id: z.string(),
    person: Named,
    connection: Named.extend({ account_label: z.string().nullable() }),
    /** Null when it was deleted. */
    recipe: Named.nullable(),
    /** lapsed: the recipe does more by now, or is gone: give it anew or end it. expired: its date is over. */
    state: z.enum(['active', 'lapsed', 'expired']),
    /** What the recipe does by now beyond what was delegated. */
    growth: z.array(z.string()),
    created_at: z.string().meta({ format: 'date-time' }),
    expires_at: z.string().meta({ format: 'date-time' }),
  })
  .openapi('Delegation')

const NewDelegation = z
  .object({
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
