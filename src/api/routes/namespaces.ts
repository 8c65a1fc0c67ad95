import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import {
  changeNamespace,
  createNamespace,
  deleteNamespace,
  type Namespace as KeptNamespace,
  listNamespaces,
} from '#commands/external/namespaces.ts'
import type { ApiApp } from '../api-env.ts'
import { answers, answersAll, answersCreated, answersNothing, bodyOf, withId } from '../route-parts.ts'
import { Namespace, NamespaceWithSecret } from '../workspace-contract.ts'

const tags = ['Namespaces']

/** The products that embed Behalf: each has people of its own, keys that act as them, and origins it may send browsers to. */
export function namespaceRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const namespaces = await listNamespaces(ctx, c.get('actor'))
    return c.json({ data: namespaces.map(present) }, 200)
  })
  app.openapi(create, async (c) => {
    const { redirect_url: redirectUrl = null, ...wanted } = c.req.valid('json')
    const { namespace, secret } = await createNamespace(ctx, c.get('actor'), { ...wanted, redirectUrl })
    return c.json({ data: { ...present(namespace), signing_secret: secret } }, 201)
  })
  app.openapi(change, async (c) => {
    const { redirect_url: redirectUrl, renew_signing_secret: renewSecret, ...rest } = c.req.valid('json')
    const wanted = { id: c.req.valid('param').id, ...rest, ...(redirectUrl !== undefined && { redirectUrl }) }
    const { namespace, secret } = await changeNamespace(ctx, c.get('actor'), { ...wanted, renewSecret })
    return c.json({ data: { ...present(namespace), signing_secret: secret } }, 200)
  })
  app.openapi(remove, async (c) => {
    await deleteNamespace(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
}

function present({ id, name, origins, redirectUrl, createdAt }: KeptNamespace): z.infer<typeof Namespace> {
  return { id, name, origins, redirect_url: redirectUrl, created_at: createdAt.toISOString() }
}

const Origins = z.array(z.string().max(300)).max(50)
const Url = z.string().max(2000)

const list = createRoute({
  method: 'get',
  path: '/namespaces',
  operationId: 'listNamespaces',
  summary: 'The products that embed Behalf',
  tags,
  responses: answersAll(Namespace, 'By name; never a secret.'),
})

const create = createRoute({
  method: 'post',
  path: '/namespaces',
  operationId: 'createNamespace',
  summary: 'Make a namespace for one product',
  tags,
  request: bodyOf(
    z
      .strictObject({ name: z.string().max(500), origins: Origins.min(1), redirect_url: Url.nullish() })
      .openapi('NewNamespace'),
  ),
  responses: answersCreated(NamespaceWithSecret, 'With the secret of its notices, shown this once.'),
})

const change = createRoute({
  method: 'patch',
  path: '/namespaces/{id}',
  operationId: 'changeNamespace',
  summary: 'Rename a namespace, change where it may send browsers and notices, or renew its secret',
  tags,
  request: {
    ...withId('namespace'),
    ...bodyOf(
      z
        .strictObject({
          name: z.string().max(500).optional(),
          origins: Origins.min(1).optional(),
          redirect_url: Url.nullish(),
          renew_signing_secret: z.boolean().default(false),
        })
        .openapi('NamespaceChange'),
    ),
  },
  responses: answers(NamespaceWithSecret, 'As it is now.'),
})

const remove = createRoute({
  method: 'delete',
  path: '/namespaces/{id}',
  operationId: 'deleteNamespace',
  summary: 'Delete a namespace: its keys are no longer good, and its people are shut out',
  tags,
  request: withId('namespace'),
  responses: answersNothing('Deleted. Of many people the rest is shut out by itself, also across a restart.'),
})
