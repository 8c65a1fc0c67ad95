import { Readable } from 'node:stream'
import { createRoute, z } from '@hono/zod-openapi'
import {
  type ChildFilter,
  exportRuntimeConnections,
  findRuntimeConnections,
} from '#commands/connections/runtime-user-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { Connection, Environment, Total } from '../contract.ts'
import { presentConnection } from '../presenters/connections.ts'
import { connectionsCsv } from '../presenters/connections-csv.ts'
import { answersCsv, answersPageOf, idOf, Limit } from '../route-parts.ts'

/** People’s own connections, for whoever answers for them. */
export function runtimeConnectionRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const { sort, order, before: cursor, limit, ...query } = c.req.valid('query')
    const wanted = { filter: filterOf(query), page: { sort, order, cursor, limit } }
    const { connections, next, total } = await findRuntimeConnections(ctx, c.get('actor'), wanted)
    const data = connections.map((each) => presentConnection(ctx, each))
    return c.json({ data, next, total: total && { count: total.count, or_more: total.orMore } }, 200)
  })
  app.openapi(exportCsv, async (c) => {
    const portions = await exportRuntimeConnections(ctx, c.get('actor'), filterOf(c.req.valid('query')))
    c.header('content-type', 'text/csv; charset=utf-8')
    c.header('content-disposition', 'attachment; filename="runtime-user-connections.csv"')
    return c.body(Readable.toWeb(Readable.from(connectionsCsv(portions))) as ReadableStream)
  })
}

/** A day, or an instant with its offset. */
const When = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => new Date(text))
  .openapi({ type: 'string', format: 'date-time' })

const FILTER = {
  /** Beginnings of words in the person’s name or e-mail, the outside account or the connection’s name. */
  q: z.string().max(200).optional(),
  connector: z.string().max(60).optional(),
  parent_id: idOf('connection').optional(),
  project_id: idOf('project').optional(),
  environment: Environment.optional(),
  person_id: idOf('person').optional(),
  person_kind: z.enum(['member', 'external', 'service']).optional(),
  surface: z.string().max(40).optional(),
  status: z.enum(['pending', 'connected', 'lost', 'disconnected', 'orphaned']).optional(),
  /** How revoking the last grant at the application went. */
  revocation: z.enum(['pending', 'revoked', 'kept', 'unsupported', 'failed']).optional(),
  created_after: When.optional(),
  created_before: When.optional(),
  used_after: When.optional(),
  /** Also those never used. */
  used_before: When.optional(),
}

type Filter = z.output<ReturnType<typeof z.object<typeof FILTER>>>

function filterOf(query: Filter): ChildFilter {
  return {
    search: query.q,
    connector: query.connector,
    parentId: query.parent_id,
    projectId: query.project_id,
    environment: query.environment,
    personId: query.person_id,
    personKind: query.person_kind,
    surface: query.surface,
    status: query.status,
    revocation: query.revocation,
    createdAfter: query.created_after,
    createdBefore: query.created_before,
    usedAfter: query.used_after,
    usedBefore: query.used_before,
  }
}

const tags = ['Runtime user connections']

const list = createRoute({
  method: 'get',
  path: '/connections/runtime_user_connections',
  operationId: 'listRuntimeUserConnections',
  summary: 'Who connected what, as which account, with which scopes, last used when',
  tags,
  request: {
    query: z.object({
      ...FILTER,
      sort: z.enum(['created', 'last_used']).default('created'),
      order: z.enum(['asc', 'desc']).default('desc'),
      before: z.string().max(200).optional(),
      limit: Limit,
    }),
  },
  responses: answersPageOf(
    { data: z.array(Connection), next: z.string().nullable(), total: Total.nullable() },
    'One page; never a credential. `total` comes with the first page.',
  ),
})

const exportCsv = createRoute({
  method: 'get',
  path: '/connections/runtime_user_connections/export.csv',
  operationId: 'exportRuntimeUserConnections',
  summary: 'All that fit, as a table',
  tags,
  request: { query: z.object(FILTER) },
  responses: answersCsv('One connection a line, the newest first; never a credential.'),
})
