import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '#commands/people/api-keys.ts'
import type { ApiApp } from '../api-env.ts'
import { ApiKey } from '../contract.ts'
import { presentApiKey } from '../presenters/people.ts'
import { answersAll, answersCreated, answersNothing, bodyOf, idOf, withId } from '../route-parts.ts'

const tags = ['API keys']

/** Keys for programs: each with at most its maker’s privileges. */
export function apiKeyRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const keys = await listApiKeys(ctx, c.get('actor'))
    return c.json({ data: keys.map(presentApiKey) }, 200)
  })
  app.openapi(create, async (c) => {
    const { name, privileges, namespace_id, expires_at } = c.req.valid('json')
    const expiresAt = expires_at ? new Date(expires_at) : null
    const wanted = { name, privileges, namespaceId: namespace_id ?? null, expiresAt }
    const { token, key } = await createApiKey(ctx, c.get('actor'), wanted)
    return c.json({ data: { ...presentApiKey(key), token } }, 201)
  })
  app.openapi(revoke, async (c) => {
    await revokeApiKey(ctx, c.get('actor'), { id: c.req.valid('param').id })
    return c.body(null, 204)
  })
}

const NewApiKey = z
  .strictObject({
    name: z.string().max(500),
    privileges: z.array(z.string().max(100)).min(1).max(100),
    /** The product as whose people it acts; left out or null: it acts as nobody. */
    namespace_id: idOf('namespace').nullish(),
    /** Left out or null: it does not end by itself. */
    expires_at: z.iso.datetime({ offset: true }).nullish(),
  })
  .openapi('NewApiKey')

const CreatedApiKey = ApiKey.extend({ token: z.string() }).openapi('CreatedApiKey')

const list = createRoute({
  method: 'get',
  path: '/api_keys',
  operationId: 'listApiKeys',
  summary: 'The API keys, without their tokens',
  tags,
  responses: answersAll(ApiKey, 'The newest first, revoked ones too.'),
})

const create = createRoute({
  method: 'post',
  path: '/api_keys',
  operationId: 'createApiKey',
  summary: 'Make an API key',
  tags,
  request: bodyOf(NewApiKey),
  responses: answersCreated(CreatedApiKey, 'With its token, shown this once.'),
})

const revoke = createRoute({
  method: 'delete',
  path: '/api_keys/{id}',
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key for good',
  tags,
  request: withId('apiKey'),
  responses: answersNothing('Revoked.'),
})
