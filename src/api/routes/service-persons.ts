import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { connectForService } from '#commands/people/service-persons.ts'
import type { ApiApp } from '../api-env.ts'
import { answers, bodyOf, idOf, withId } from '../route-parts.ts'

/** Accounts for what no human does: made as people are, connected by whoever may create connections. */
export function servicePersonRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(connect, async (c) => {
    const [personId, parentId] = [c.req.valid('param').id, c.req.valid('json').parent_id]
    const url = await connectForService(ctx, c.get('actor'), { personId, parentId })
    return c.json({ data: { url } }, 200)
  })
}

const connect = createRoute({
  method: 'post',
  path: '/people/{id}/connections',
  operationId: 'connectForServicePerson',
  summary: 'Begin connecting, or reconnecting, an account of a service person',
  tags: ['People'],
  request: {
    ...withId('person'),
    ...bodyOf(z.strictObject({ parent_id: idOf('connection') }).openapi('ServiceConnection')),
  },
  responses: answers(z.object({ url: z.string() }), 'The connect page, which sessions with Create connections open.'),
})
