import { createRoute, z } from '@hono/zod-openapi'
import {
  foreseeRevokingMany,
  type ManyFilter,
  type BulkRevocation as Order,
  revokeMany,
  viewRevokingMany,
} from '#commands/connections/revoke-many.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { instant } from '../presenters/instant.ts'
import { BulkRevocation, ConsequencesForMany } from '../revoking-contract.ts'
import { answers, bodyOf, idOf, withId } from '../route-parts.ts'

/** Cutting off many people’s own connections by one command. */
export function revokeManyRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(foresee, async (c) => {
    const { ids, kind, ...which } = c.req.valid('query')
    const filter = filterOf({ ...which, ids: ids?.split(',').map((id) => ConnectionId.parse(id)) })
    const { sentences, connections, people, jobsRunning } = await foreseeRevokingMany(ctx, c.get('actor'), {
      filter,
      kind,
    })
    return c.json({ data: { sentences, connections, people, jobs_running: jobsRunning } }, 200)
  })
  app.openapi(order, async (c) => {
    const { kind, ...which } = c.req.valid('json')
    const order = await revokeMany(ctx, c.get('actor'), { filter: filterOf(which), kind })
    return c.json({ data: present(order) }, 200)
  })
  app.openapi(view, async (c) => {
    const order = await viewRevokingMany(ctx, c.get('actor'), c.req.valid('param').id)
    return c.json({ data: present(order) }, 200)
  })
}

const ConnectionId = idOf('connection')
const Kind = z.enum(['disconnect', 'delete']).default('disconnect')

const WHICH = { person_id: idOf('person').optional(), connector: z.string().min(1).max(60).optional() }

const exactlyOne = (which: object): boolean =>
  (['person_id', 'connector', 'ids'] as const).filter((key) => (which as Record<string, unknown>)[key] !== undefined)
    .length === 1

const SAY_WHICH = { message: 'give exactly one of person_id, connector and ids' }

interface Which {
  person_id?: z.output<(typeof WHICH)['person_id']>
  connector?: string | undefined
  ids?: z.output<typeof ConnectionId>[] | undefined
}

function filterOf({ person_id: personId, connector, ids }: Which): ManyFilter {
  if (personId !== undefined) return { personId }
  return connector === undefined ? { ids: ids ?? [] } : { connector }
}

function present({ createdAt, finishedAt, ...order }: Order): z.infer<typeof BulkRevocation> {
  return { ...order, created_at: createdAt.toISOString(), finished_at: instant(finishedAt) }
}

const tags = ['Runtime user connections']

const foresee = createRoute({
  method: 'get',
  path: '/runtime-user-connections/revoke/consequences',
  operationId: 'foreseeRevokingMany',
  summary: 'What disconnecting or deleting many at once would do',
  tags,
  request: {
    query: z
      .object({
        ...WHICH,
        /** Ids of connections, separated by commas. */
        ids: z
          .string()
          .regex(/^con_[0-9a-z]{1,40}(,con_[0-9a-z]{1,40}){0,199}$/)
          .optional(),
        kind: Kind,
      })
      .refine(exactlyOne, SAY_WHICH),
  },
  responses: answers(ConsequencesForMany, 'As of now; nothing is done.'),
})

const order = createRoute({
  method: 'post',
  path: '/runtime-user-connections/revoke',
  operationId: 'revokeMany',
  summary: 'Disconnect or delete the connections of a person, of an application, or those named',
  tags,
  request: bodyOf(
    z
      .strictObject({ ...WHICH, ids: z.array(ConnectionId).min(1).max(1000).optional(), kind: Kind })
      .refine(exactlyOne, SAY_WHICH)
      .openapi('RevokeMany'),
  ),
  responses: answers(BulkRevocation, 'What was done so far; the rest goes on by itself, also across a restart.'),
})

const view = createRoute({
  method: 'get',
  path: '/runtime-user-connections/revoke/{id}',
  operationId: 'getBulkRevocation',
  summary: 'How far such an order has come',
  tags,
  request: withId('bulkRevocation'),
  responses: answers(BulkRevocation, 'As of now.'),
})
