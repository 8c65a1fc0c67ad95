import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { listAuditEvents } from '#commands/people/audit-events.ts'
import type { ApiApp } from '../api-env.ts'
import { AuditEvent } from '../contract.ts'
import { presentAuditEvent } from '../presenters/people.ts'
import { answersPage, idOf, Limit, nextOf } from '../route-parts.ts'

/** What happened, on record for good. */
export function auditRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const { action, person_id, target_id, before, limit } = c.req.valid('query')
    const filter = { action, personId: person_id, targetId: target_id, before, limit }
    const events = await listAuditEvents(ctx, c.get('actor'), filter)
    return c.json({ data: events.map(presentAuditEvent), next: nextOf(events, limit) }, 200)
  })
}

const list = createRoute({
  method: 'get',
  path: '/audit_events',
  operationId: 'listAuditEvents',
  summary: 'Who did what, and when',
  tags: ['Audit log'],
  request: {
    query: z.object({
      action: z.string().max(60).optional(),
      /** Only what this person did. */
      person_id: idOf('person').optional(),
      target_id: z.string().max(60).optional(),
      before: z.string().max(20).optional(),
      limit: Limit,
    }),
  },
  responses: answersPage(AuditEvent, 'The newest first.'),
})
