import { createRoute, z } from '@hono/zod-openapi'
import { changeConnection, connectParent, createConnection } from '#commands/connections/change-connections.ts'
import { connectParentByForm } from '#commands/connections/connect-parent-by-form.ts'
import { deleteConnection, disconnectConnection, foreseeCutOff } from '#commands/connections/cut-off-connections.ts'
import { findConnections, getConnection } from '#commands/connections/list-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import { actAsOwnerOf } from '#commands/external/act-as.ts'
import { listConnectionsOf } from '#commands/external/connect-external.ts'
import type { ApiApp } from '../api-env.ts'
import { Connection, ConnectionChange, ConnectRequest, Consequences, NewConnection } from '../contract.ts'
import { presentConnection, presentConsequences } from '../presenters/connections.ts'
import {
  answers,
  answersCreated,
  answersNothing,
  answersPage,
  bodyOf,
  ExternalId,
  idOf,
  Limit,
  maybeBodyOf,
  nextOf,
  withId,
} from '../route-parts.ts'
import { emptyBody } from '../steps/empty-body.ts'

const tags = ['Connections']

/** Parent connections; and of both kinds, one by its id and how to end it. */
export function connectionRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const { project_id, folder_id, connector, parent_id, external_id, include_runtime_connections, before, limit } =
      c.req.valid('query')
    const filter = { projectId: project_id ?? folder_id, connector, parentId: parent_id, before, limit }
    const actor = c.get('actor')
    const connections = external_id
      ? await listConnectionsOf(ctx, actor, { ...filter, externalId: external_id })
      : await findConnections(ctx, actor, {
          ...filter,
          includeRuntimeConnections: include_runtime_connections === 'true',
        })
    const data = connections.map((each) => presentConnection(ctx, each))
    return c.json({ data, next: nextOf(connections, limit) }, 200)
  })
  app.openapi(create, async (c) => {
    const { project_id, client_id, client_secret, personal_form, ...wanted } = c.req.valid('json')
    const id = await createConnection(ctx, c.get('actor'), {
      ...wanted,
      projectId: project_id,
      clientId: client_id,
      clientSecret: client_secret,
      personalForm: personal_form,
    })
    return c.json({ data: { id } }, 201)
  })
  app.openapi(get, async (c) => {
    const { id } = c.req.valid('param')
    const connection = await getConnection(ctx, await actAsOwnerOf(ctx, c.get('actor'), id), id)
    return c.json({ data: presentConnection(ctx, connection) }, 200)
  })
  app.openapi(change, async (c) => {
    const { client_id: clientId, client_secret: clientSecret, personal_form, at_once, ...rest } = c.req.valid('json')
    const { id } = c.req.valid('param')
    const change = { ...rest, clientId, clientSecret, personalForm: personal_form, atOnce: at_once }
    await changeConnection(ctx, c.get('actor'), { id, change })
    return c.body(null, 204)
  })
  addEndings(ctx, app)
}

function addEndings(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(connect, async (c) => {
    const { id } = c.req.valid('param')
    const { credential } = c.req.valid('json')
    const actor = c.get('actor')
    const url = credential
      ? await connectParentByForm(ctx, actor, { id, credential })
      : await connectParent(ctx, actor, id)
    return c.json({ data: { url } }, 200)
  })
  app.openapi(consequences, async (c) => {
    const { id } = c.req.valid('param')
    const foreseen = await foreseeCutOff(ctx, c.get('actor'), { id, kind: c.req.valid('query').of })
    return c.json({ data: presentConsequences(foreseen) }, 200)
  })
  app.openapi(disconnect, async (c) => {
    const { id } = c.req.valid('param')
    await disconnectConnection(ctx, await actAsOwnerOf(ctx, c.get('actor'), id), id)
    return c.body(null, 204)
  })
  app.openapi(remove, async (c) => {
    const { id } = c.req.valid('param')
    await deleteConnection(ctx, await actAsOwnerOf(ctx, c.get('actor'), id), id)
    return c.body(null, 204)
  })
}

const list = createRoute({
  method: 'get',
  path: '/connections',
  operationId: 'listConnections',
  summary: 'The parent connections; with `include_runtime_connections` people’s own ones too',
  tags,
  request: {
    query: z.object({
      project_id: idOf('project').optional(),
      /** Another name of `project_id`. */
      folder_id: idOf('project').optional(),
      connector: z.string().max(60).optional(),
      parent_id: idOf('connection').optional(),
      /** By a key of a namespace: the own connections of one of your people. */
      external_id: ExternalId.optional(),
      include_runtime_connections: z.enum(['true', 'false']).default('false'),
      before: idOf('connection').optional(),
      limit: Limit,
    }),
  },
  responses: answersPage(Connection, 'The newest first; never a credential.'),
})

const create = createRoute({
  method: 'post',
  path: '/connections',
  operationId: 'createConnection',
  summary: 'Make a parent connection, to be connected by `connect`',
  tags,
  request: bodyOf(NewConnection.extend({ id: idOf('connection').optional(), project_id: idOf('project') })),
  responses: answersCreated(z.object({ id: z.string() }), 'Its id.'),
})

const get = createRoute({
  method: 'get',
  path: '/connections/{id}',
  operationId: 'getConnection',
  summary: 'One connection',
  tags,
  request: withId('connection'),
  responses: answers(Connection, 'The connection; never a credential.'),
})

const change = createRoute({
  method: 'patch',
  path: '/connections/{id}',
  operationId: 'changeConnection',
  summary: 'Rename a parent connection, or change its settings or OAuth client',
  tags,
  request: { ...withId('connection'), ...bodyOf(ConnectionChange) },
  responses: answersNothing('Changed.'),
})

const connect = createRoute({
  method: 'post',
  path: '/connections/{id}/connect',
  operationId: 'connectParentConnection',
  summary: 'Begin connecting a parent connection’s own account in this browser; or, with a credential, connect it',
  tags,
  middleware: emptyBody,
  request: { ...withId('connection'), ...maybeBodyOf(ConnectRequest) },
  responses: answers(z.object({ url: z.string() }), 'Where to send this browser.'),
})

const consequences = createRoute({
  method: 'get',
  path: '/connections/{id}/consequences',
  operationId: 'foreseeConsequences',
  summary: 'What disconnecting or deleting would do',
  tags,
  request: { ...withId('connection'), query: z.object({ of: z.enum(['disconnect', 'delete']) }) },
  responses: answers(Consequences, 'As of now; nothing is done.'),
})

const disconnect = createRoute({
  method: 'post',
  path: '/connections/{id}/disconnect',
  operationId: 'disconnectConnection',
  summary: 'End a connection’s access here at once, and revoke it at the application',
  tags,
  request: withId('connection'),
  responses: answersNothing('Disconnected; how revoking goes is told by `revocation` of the connection.'),
})

const remove = createRoute({
  method: 'delete',
  path: '/connections/{id}',
  operationId: 'deleteConnection',
  summary: 'Disconnect and forget a connection; of a parent, the recipes that use it stop',
  tags,
  request: withId('connection'),
  responses: answersNothing('Deleted.'),
})
