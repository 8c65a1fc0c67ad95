import { createRoute, z } from '@hono/zod-openapi'
import { acceptDelegationRequest, declineDelegation } from '#commands/connections/delegation-requests.ts'
import { type ViewedDelegationRequest, viewDelegationRequests } from '#commands/connections/view-delegation-requests.ts'
import type { CommandsContext } from '#commands/context.ts'
import { askDelegatorAgain, viewRecipeDelegations } from '#commands/recipes/recipe-delegations.ts'
import type { ApiApp } from '../api-env.ts'
import { DelegationRequest, NamedConnection } from '../asking-contract.ts'
import { instant } from '../presenters/instant.ts'
import { answersAll, answersCreated, answersNothing, bodyOf, idOf, withId } from '../route-parts.ts'

/** What recipes ask people to delegate: answered by a person’s own session alone; asked, and asked again, for whoever edits the recipe. */
export function delegationRequestRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const requests = await viewDelegationRequests(ctx, c.get('actor'))
    return c.json({ data: requests.map(present) }, 200)
  })
  app.openapi(accept, async (c) => {
    const { shown, until } = c.req.valid('json')
    const acceptance = { id: c.req.valid('param').id, shown, until: until === undefined ? undefined : new Date(until) }
    return c.json({ data: { id: await acceptDelegationRequest(ctx, c.get('actor'), acceptance) } }, 201)
  })
  app.openapi(decline, async (c) => {
    await declineDelegation(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(listOf, async (c) => {
    const named = await viewRecipeDelegations(ctx, c.get('actor'), c.req.valid('param').id)
    return c.json({ data: named.map(({ at, ...each }) => ({ ...each, at: instant(at) })) }, 200)
  })
  app.openapi(ask, async (c) => {
    const { connection_id: connectionId } = c.req.valid('json')
    await askDelegatorAgain(ctx, c.get('actor'), { recipeId: c.req.valid('param').id, connectionId })
    return c.body(null, 204)
  })
}

function present(request: ViewedDelegationRequest): z.infer<typeof DelegationRequest> {
  const { id, person, connection, recipe, does, growth, shown, askedBy, askedAt, endedAt, jobsWaiting } = request
  return {
    id,
    person,
    connection: { id: connection.id, name: connection.name, account_label: connection.accountLabel },
    recipe,
    asked_by: askedBy,
    asked_at: askedAt.toISOString(),
    does,
    growth,
    ended_at: instant(endedAt),
    jobs_waiting: jobsWaiting,
    shown,
  }
}

const DelegationAcceptance = z
  .strictObject({
    /** From the request that was looked at. */
    shown: z.string().max(200),
    /** At most a year ahead; 90 days when left out. */
    until: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('DelegationAcceptance')

const list = createRoute({
  method: 'get',
  path: '/me/delegation_requests',
  operationId: 'listMyDelegationRequests',
  summary: 'What recipes ask me to delegate; with Create connections, what they ask of service persons too',
  tags: ['Mine'],
  responses: answersAll(DelegationRequest, 'The newest first.'),
})

const accept = createRoute({
  method: 'post',
  path: '/me/delegation_requests/{id}/accept',
  operationId: 'acceptDelegationRequest',
  summary: 'Delegate what is asked for, until a date; jobs that wait for it go on',
  tags: ['Mine'],
  request: { ...withId('delegationRequest'), ...bodyOf(DelegationAcceptance) },
  responses: answersCreated(z.object({ id: z.string() }), 'The delegation.'),
})

const decline = createRoute({
  method: 'post',
  path: '/me/delegation_requests/{id}/decline',
  operationId: 'declineDelegationRequest',
  summary: 'Decline it; jobs that wait for it end',
  tags: ['Mine'],
  request: withId('delegationRequest'),
  responses: answersNothing('Declined.'),
})

const listOf = createRoute({
  method: 'get',
  path: '/recipes/{id}/delegations',
  operationId: 'listRecipeDelegations',
  summary: 'The connections of people that a recipe names, and whether it may use them',
  tags: ['Recipes'],
  request: withId('recipe'),
  responses: answersAll(NamedConnection, 'Each connection once.'),
})

const ask = createRoute({
  method: 'post',
  path: '/recipes/{id}/delegations/ask',
  operationId: 'askForDelegation',
  summary: 'Ask the person of a connection that the recipe names once more; at most once in 24 hours',
  tags: ['Recipes'],
  request: {
    ...withId('recipe'),
    ...bodyOf(z.strictObject({ connection_id: idOf('connection') }).openapi('AskForDelegation')),
  },
  responses: answersNothing('They are asked.'),
})
