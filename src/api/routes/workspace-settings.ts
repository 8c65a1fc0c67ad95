import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { changeWorkspaceSettings, getWorkspaceSettings } from '#commands/people/workspace-settings.ts'
import type { ApiApp } from '../api-env.ts'
import { answers, bodyOf } from '../route-parts.ts'
import { SettingsForm } from '../workspace-contract.ts'

const tags = ['Workspace settings']

/** What the workspace decides for all its people. */
export function workspaceSettingsRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(get, async (c) => c.json({ data: await getWorkspaceSettings(ctx, c.get('actor')) }, 200))
  app.openapi(change, async (c) => {
    const form = await changeWorkspaceSettings(ctx, c.get('actor'), c.req.valid('json'))
    return c.json({ data: form }, 200)
  })
}

const Values = z.record(z.string(), z.unknown())

const get = createRoute({
  method: 'get',
  path: '/workspace/settings',
  operationId: 'getWorkspaceSettings',
  summary: 'The settings of the workspace, with the schema of a form for them',
  tags,
  responses: answers(SettingsForm, 'Every setting, also those that were never changed.'),
})

const change = createRoute({
  method: 'patch',
  path: '/workspace/settings',
  operationId: 'changeWorkspaceSettings',
  summary: 'Change the settings that are named',
  tags,
  request: bodyOf(Values),
  responses: answers(SettingsForm, 'The settings as they are now.'),
})
