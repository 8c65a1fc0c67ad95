import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { completeConnection, offerAgain, offerConnection } from '#commands/external/connect-external.ts'
import { shutOutExternal } from '#commands/external/shut-out-external.ts'
import type { ApiApp } from '../api-env.ts'
import {
  answers,
  answersCreated,
  answersNothing,
  bodyOf,
  ExternalId,
  idOf,
  ReturnUrls,
  withId,
} from '../route-parts.ts'

const tags = ['People of a product']

/** For a product that embeds Behalf, by a key of its namespace: the own connections of its people. */
export function externalConnectionRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(offer, async (c) => {
    const { parent_id, external_id, folder_id, name, redirect_url, callback_url } = c.req.valid('json')
    const wanted = { parentId: parent_id, externalId: external_id, folderId: folder_id, name }
    const back = { redirectUrl: redirect_url, callbackUrl: callback_url }
    return c.json({ data: await offerConnection(ctx, c.get('actor'), { ...wanted, ...back }) }, 201)
  })
  app.openapi(again, async (c) => {
    const url = await offerAgain(ctx, c.get('actor'), c.req.valid('param').id)
    return c.json({ data: { url } }, 200)
  })
  app.openapi(complete, async (c) => {
    const { id } = c.req.valid('param')
    const { completion, external_id: externalId } = c.req.valid('json')
    const { outcome, nextUrl } = await completeConnection(ctx, c.get('actor'), { id, completion, externalId })
    return c.json({ data: { id, outcome, next_url: nextUrl } }, 200)
  })
  app.openapi(shutOut, async (c) => {
    await shutOutExternal(ctx, c.get('actor'), c.req.valid('param').external_id)
    return c.body(null, 204)
  })
}

const offer = createRoute({
  method: 'post',
  path: '/connections/runtime_user_connections',
  operationId: 'createRuntimeUserConnection',
  summary: 'Make one of your people their own connection, and a link for their browser',
  tags,
  request: bodyOf(
    z
      .strictObject({
        parent_id: idOf('connection'),
        external_id: ExternalId,
        /** The project; if given, it must be the parent’s. */
        folder_id: idOf('project').optional(),
        name: z.string().trim().min(1).max(120).optional(),
        ...ReturnUrls,
      })
      .openapi('NewRuntimeUserConnection'),
  ),
  responses: answersCreated(
    z.object({ id: z.string(), url: z.string() }),
    'The connection, the same as long as it lives, and a fresh link: the one before leads nowhere any more.',
  ),
})

const again = createRoute({
  method: 'get',
  path: '/connections/runtime_user_connections/{id}/get_oauth_url',
  operationId: 'getOAuthUrl',
  summary: 'A fresh link to connect, or reconnect, a connection of one of your people',
  tags,
  request: withId('connection'),
  responses: answers(z.object({ url: z.string() }), 'The one before leads nowhere any more.'),
})

const complete = createRoute({
  method: 'post',
  path: '/connections/runtime_user_connections/{id}/complete',
  operationId: 'completeRuntimeUserConnection',
  summary: 'Confirm that the browser that brought this completion is that of your signed-in user',
  tags,
  request: {
    ...withId('connection'),
    ...bodyOf(
      z.strictObject({ completion: z.string().min(1).max(200), external_id: ExternalId }).openapi('Completion'),
    ),
  },
  responses: answers(
    z.object({
      id: z.string(),
      outcome: z.enum(['connected', 'allowed', 'declined']),
      /** Where to send the same browser for what is missing still; null when nothing is. */
      next_url: z.string().nullable(),
    }),
    'Done. Whatever its answer, a completion is spent.',
  ),
})

const shutOut = createRoute({
  method: 'delete',
  path: '/people/external/{external_id}',
  operationId: 'shutOutExternalPerson',
  summary: 'Shut out one of your people who has left: everything of theirs is disconnected and revoked',
  tags,
  request: { params: z.object({ external_id: ExternalId }) },
  responses: answersNothing('Shut out.'),
})
