import { createRoute } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { ConnectorBody } from '../contract.ts'
import { presentConnector } from '../presenters/connectors.ts'
import { answersAll } from '../route-parts.ts'

/** The applications this server speaks to. The same for everybody, and nobody’s secret. */
export function connectorRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, (c) => {
    const connectors = [...ctx.connectors.values()].sort((a, b) => a.label.localeCompare(b.label))
    return c.json({ data: connectors.map(presentConnector) }, 200)
  })
}

const list = createRoute({
  method: 'get',
  path: '/connectors',
  operationId: 'listConnectors',
  summary: 'The applications there are connectors for, with their actions',
  tags: ['Connections'],
  responses: answersAll(ConnectorBody, 'By label.'),
})
