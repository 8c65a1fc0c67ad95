import { createRoute, z } from '@hono/zod-openapi'
import { listConnectionEvents, listUses } from '#commands/connections/connection-history.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { AuditEvent, CredentialUse } from '../contract.ts'
import { presentUse } from '../presenters/connections.ts'
import { presentAuditEvent } from '../presenters/people.ts'
import { answersPage, Limit, nextOf, withId } from '../route-parts.ts'

/** What was done with a connection, and to it. For whoever may see it; one's own always. */
export function connectionHistoryRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(uses, async (c) => {
    const query = { ...c.req.valid('param'), ...c.req.valid('query') }
    const found = await listUses(ctx, c.get('actor'), query)
    return c.json({ data: found.map(presentUse), next: nextOf(found, query.limit) }, 200)
  })
  app.openapi(events, async (c) => {
    const query = { ...c.req.valid('param'), ...c.req.valid('query') }
    const found = await listConnectionEvents(ctx, c.get('actor'), query)
    return c.json({ data: found.map(presentAuditEvent), next: nextOf(found, query.limit) }, 200)
  })
}

const tags = ['Connections']
const request = { ...withId('connection'), query: z.object({ before: z.string().max(20).optional(), limit: Limit }) }

const uses = createRoute({
  method: 'get',
  path: '/connections/{id}/uses',
  operationId: 'listCredentialUses',
  summary: 'The uses of a connection’s credential',
  tags,
  request,
  responses: answersPage(CredentialUse, 'The newest first.'),
})

const events = createRoute({
  method: 'get',
  path: '/connections/{id}/events',
  operationId: 'listConnectionEvents',
  summary: 'What happened to a connection: who connected, changed, disconnected it, and when',
  tags,
  request,
  responses: answersPage(AuditEvent, 'The newest first.'),
})
