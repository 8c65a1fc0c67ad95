import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { ConnectorBody, Preset } from '../connectors-contract.ts'
import { presentConnector, presentPreset } from '../presenters/connectors.ts'
import { answersAll } from '../route-parts.ts'

/** The applications this server speaks to. The same for everybody, and nobody’s secret. */
export function connectorRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, (c) => {
    const connectors = [...ctx.connectors.values()].sort((a, b) => a.label.localeCompare(b.label))
    return c.json({ data: connectors.map(presentConnector) }, 200)
  })
  app.openapi(presets, (c) => {
    const found = ctx.connectors.get(c.req.valid('param').name)?.presets ?? []
    return c.json({ data: found.map(presentPreset) }, 200)
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

const presets = createRoute({
  method: 'get',
  path: '/connectors/{name}/presets',
  operationId: 'listPresets',
  summary: 'Settings of well-known applications, for a connector that is set up for any',
  tags: ['Connections'],
  request: { params: z.object({ name: z.string().max(60) }) },
  responses: answersAll(Preset, 'By name; none where the connector is for one application.'),
})
