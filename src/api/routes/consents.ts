import { createRoute, type z } from '@hono/zod-openapi'
import { askAgain } from '#commands/connections/ask-again.ts'
import { countChildrenOf, listChildrenLimits } from '#commands/connections/children-limits.ts'
import {
  type Consent as Given,
  listConsentsOf,
  listMyConsents,
  withdrawMyConsent,
} from '#commands/connections/consents.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { ChildrenByStatus, ChildrenLimit, Consent } from '../asking-contract.ts'
import { answers, answersAll, answersNothing, withId } from '../route-parts.ts'

/** What people allow recipes to do with their own accounts, and asking them again. */
export function consentRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(listMine, async (c) => {
    const consents = await listMyConsents(ctx, c.get('actor'))
    return c.json({ data: consents.map(present) }, 200)
  })
  app.openapi(withdraw, async (c) => {
    await withdrawMyConsent(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(listOf, async (c) => {
    const consents = await listConsentsOf(ctx, c.get('actor'), c.req.valid('param').id)
    return c.json({ data: consents.map(present) }, 200)
  })
  app.openapi(ask, async (c) => {
    await askAgain(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(limits, async (c) => c.json({ data: await listChildrenLimits(ctx, c.get('actor')) }, 200))
  app.openapi(counts, async (c) => {
    const data = await countChildrenOf(ctx, c.get('actor'), c.req.valid('param').id)
    return c.json({ data }, 200)
  })
}

function present({ createdAt, connection, ...consent }: Given): z.infer<typeof Consent> {
  const { id, name, connector, accountLabel } = connection
  return {
    ...consent,
    connection: { id, name, connector, account_label: accountLabel },
    created_at: createdAt.toISOString(),
  }
}

const listMine = createRoute({
  method: 'get',
  path: '/me/consents',
  operationId: 'listMyConsents',
  summary: 'What I allow recipes to do with my own accounts',
  tags: ['Mine'],
  responses: answersAll(Consent, 'The newest first.'),
})

const withdraw = createRoute({
  method: 'delete',
  path: '/me/consents/{id}',
  operationId: 'withdrawMyConsent',
  summary: 'Take my leave back; a running job stops before its next request, and asks',
  tags: ['Mine'],
  request: withId('consent'),
  responses: answersNothing('Withdrawn.'),
})

const listOf = createRoute({
  method: 'get',
  path: '/connections/{id}/consents',
  operationId: 'listConsentsOfConnection',
  summary: 'What a runtime user connection may be used for; of a parent, by everybody',
  tags: ['Runtime user connections'],
  request: withId('connection'),
  responses: answersAll(Consent, 'The newest first.'),
})

const ask = createRoute({
  method: 'post',
  path: '/connections/{id}/ask-again',
  operationId: 'askAgain',
  summary: 'Have a person asked again, privately and with a fresh link, to connect',
  tags: ['Runtime user connections'],
  request: withId('connection'),
  responses: answersNothing('A message is on its way to them.'),
})

const limits = createRoute({
  method: 'get',
  path: '/runtime-user-connections/limits',
  operationId: 'listChildrenLimits',
  summary: 'How many runtime user connections each application has, and may have',
  tags: ['Runtime user connections'],
  responses: answersAll(ChildrenLimit, 'Those with the most first.'),
})

const counts = createRoute({
  method: 'get',
  path: '/connections/{id}/children',
  operationId: 'countChildrenOfConnection',
  summary: 'How many people’s own connections beneath a parent have which status',
  tags: ['Runtime user connections'],
  request: withId('connection'),
  responses: answers(ChildrenByStatus, 'As of now.'),
})
