import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { rotateSealingKey, type SealingKey as Shown, viewSealingKey } from '#commands/workspace/sealing-key.ts'
import type { ApiApp } from '../api-env.ts'
import { instant } from '../presenters/instant.ts'
import { answers } from '../route-parts.ts'

/** The key that seals every credential of this server. */
export function sealingKeyRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(view, async (c) => c.json({ data: present(await viewSealingKey(ctx, c.get('actor'))) }, 200))
  app.openapi(rotate, async (c) => c.json({ data: present(await rotateSealingKey(ctx, c.get('actor'))) }, 200))
}

const Instant = z.string().meta({ format: 'date-time' })

const SealingKey = z
  .object({
    /** Names the key without telling it. */
    fingerprint: z.string(),
    version: z.number(),
    since: Instant,
    kept_in: z.enum(['environment', 'file']),
    /** Null when the key was never changed. */
    rotation: z
      .object({
        from: z.number(),
        to: z.number(),
        /** Values still sealed with an older key, of how many. */
        remaining: z.number(),
        total: z.number(),
        /** Processes that have not taken up the new key yet. */
        waiting_for: z.number(),
        done_at: Instant.nullable(),
      })
      .nullable(),
    /** How to change it where it is a setting; null where `rotate` does it. */
    steps: z.array(z.string()).nullable(),
  })
  .openapi('SealingKey')

function present({ since, keptIn, rotation, steps, ...key }: Shown): z.infer<typeof SealingKey> {
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
