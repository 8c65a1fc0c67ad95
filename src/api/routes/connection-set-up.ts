import { createRoute, z } from '@hono/zod-openapi'
import { reserveConnection } from '#commands/connections/change-connections.ts'
import { readConnectorGuide } from '#commands/connections/connector-guide.ts'
import { testConnection } from '#commands/connections/test-connection.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { ConnectionTest } from '../contract.ts'
import { answers, withId } from '../route-parts.ts'

/** What helps a builder to set a connection up. */
export function connectionSetUpRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(guide, async (c) => {
    const text = await readConnectorGuide(ctx, c.req.valid('param').name)
    return c.json({ data: { text } }, 200)
  })
  app.openapi(reserve, (c) => {
    const { id, redirectUri } = reserveConnection(ctx, c.get('actor'))
    return c.json({ data: { id, redirect_uri: redirectUri } }, 200)
  })
  app.openapi(test, async (c) => {
    const tested = await testConnection(ctx, c.get('actor'), c.req.valid('param').id)
    return c.json({ data: tested.kind === 'answered' ? tested : presentFailure(tested) }, 200)
  })
}

const presentFailure = ({ code, message }: { code: string; message: string }) => ({
  kind: 'failed' as const,
  code,
  message,
})

const tags = ['Connections']

const guide = createRoute({
  method: 'get',
  path: '/connectors/{name}/guide',
  operationId: 'getConnectorGuide',
  summary: 'How to register an OAuth client at the application, its settings and oddities',
  tags,
  request: { params: z.object({ name: z.string().max(60) }) },
  responses: answers(z.object({ text: z.string() }), 'Markdown.'),
})

const reserve = createRoute({
  method: 'post',
  path: '/connections/reserve',
  operationId: 'reserveConnection',
  summary: 'An id for a parent connection to be, with the redirect URI to register at the application first',
  tags,
  responses: answers(z.object({ id: z.string(), redirect_uri: z.string() }), 'Nothing is made yet.'),
})

const test = createRoute({
  method: 'post',
  path: '/connections/{id}/test',
  operationId: 'testConnection',
  summary: 'Ask the application, with the connection’s own grant, whose account it is',
  tags,
  request: withId('connection'),
  responses: answers(ConnectionTest, 'Whose account answers, or what is wrong.'),
})
