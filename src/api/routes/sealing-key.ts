import { createRoute, type z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { rotateSealingKey, type SealingKey as Shown, viewSealingKey } from '#commands/workspace/sealing-key.ts'
import type { ApiApp } from '../api-env.ts'
import { instant } from '../presenters/instant.ts'
import { answers } from '../route-parts.ts'
import { SealingKey } from '../workspace-contract.ts'

/** The key that seals every credential of this server. */
export function sealingKeyRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(view, async (c) => c.json({ data: present(await viewSealingKey(ctx, c.get('actor'))) }, 200))
  app.openapi(rotate, async (c) => c.json({ data: present(await rotateSealingKey(ctx, c.get('actor'))) }, 200))
}

function present({ since, keptIn, rotation, steps, lostSecrets, ...key }: Shown): z.infer<typeof SealingKey> {
  return {
    ...key,
    since: since.toISOString(),
    kept_in: keptIn,
    rotation: rotation && {
      from: rotation.from,
      to: rotation.to,
      remaining: rotation.remaining,
      total: rotation.total,
      waiting_for: rotation.waitingFor,
      done_at: instant(rotation.doneAt),
    },
    steps: steps && [...steps],
    lost_secrets: lostSecrets,
  }
}

const tags = ['Workspace']

const view = createRoute({
  method: 'get',
  path: '/workspace/sealing-key',
  operationId: 'getSealingKey',
  summary: 'Which key everything is sealed with, and how changing it goes',
  tags,
  responses: answers(SealingKey, 'Never the key itself.'),
})

const rotate = createRoute({
  method: 'post',
  path: '/workspace/sealing-key/rotate',
  operationId: 'rotateSealingKey',
  summary: 'Go to a new key while everything runs',
  tags,
  responses: answers(SealingKey, 'Begun; or, where the key is a setting, what to change in which order, in `steps`.'),
})
