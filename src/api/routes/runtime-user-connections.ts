import { createRoute, z } from '@hono/zod-openapi'
import { findRuntimeConnections } from '#commands/connections/list-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { Connection } from '../contract.ts'
import { presentConnection } from '../presenters/connections.ts'
import { answersPage, idOf, Limit, nextOf } from '../route-parts.ts'

/** People’s own connections, for whoever answers for them. */
export function runtimeConnectionRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const { q, connector, parent_id, person_id, status, before, limit } = c.req.valid('query')
    const filter = { search: q, connector, parentId: parent_id, personId: person_id, status, before, limit }
    const connections = await findRuntimeConnections(ctx, c.get('actor'), filter)
    const data = connections.map((each) => presentConnection(ctx, each))
    return c.json({ data, next: nextOf(connections, limit) }, 200)
  })
}

const list = createRoute({
  method: 'get',
  path: '/connections/runtime_user_connections',
  operationId: 'listRuntimeUserConnections',
  summary: 'Who connected what, as which account, with which scopes, last used when',
  tags: ['Runtime user connections'],
  request: {
    query: z.object({
      /** In the person’s name or e-mail, the outside account, the connection’s name. */
      q: z.string().max(200).optional(),
      connector: z.string().max(60).optional(),
      parent_id: idOf('connection').optional(),
      person_id: idOf('person').optional(),
      status: z.enum(['pending', 'connected', 'lost', 'disconnected', 'orphaned']).optional(),
      before: idOf('connection').optional(),
      limit: Limit,
    }),
  },
  responses: answersPage(Connection, 'The newest first; never a credential.'),
})
