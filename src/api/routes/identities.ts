import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { linkIdentity, listIdentitiesOf, unlinkIdentity } from '#commands/people/identities.ts'
import type { ApiApp } from '../api-env.ts'
import { presentIdentity } from '../presenters/people.ts'
import { answers, answersAll, answersNothing, bodyOf, idOf, withId } from '../route-parts.ts'
import { PersonIdentity } from '../workspace-contract.ts'

const tags = ['People']

/** Which accounts in chats, and at sign-in providers, are whose. */
export function identityRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const identities = await listIdentitiesOf(ctx, c.get('actor'), c.req.valid('param').id)
    return c.json({ data: identities.map(presentIdentity) }, 200)
  })
  app.openapi(link, async (c) => {
    const wanted = { personId: c.req.valid('param').id, identityId: c.req.valid('json').identity_id }
    return c.json({ data: presentIdentity(await linkIdentity(ctx, c.get('actor'), wanted)) }, 200)
  })
  app.openapi(unlink, async (c) => {
    const { id: personId, identity_id: identityId } = c.req.valid('param')
    await unlinkIdentity(ctx, c.get('actor'), { personId, identityId })
    return c.body(null, 204)
  })
}

const list = createRoute({
  method: 'get',
  path: '/people/{id}/identities',
  operationId: 'listIdentitiesOfPerson',
  summary: 'A person’s accounts in chats and at sign-in providers',
  tags,
  request: withId('person'),
  responses: answersAll(PersonIdentity, 'The oldest first.'),
})

const link = createRoute({
  method: 'post',
  path: '/people/{id}/identities',
  operationId: 'linkIdentity',
  summary: 'Make another person’s chat account this person’s; jobs and connections stay whose they are',
  tags,
  request: {
    ...withId('person'),
    ...bodyOf(z.strictObject({ identity_id: idOf('identity') }).openapi('LinkIdentity')),
  },
  responses: answers(PersonIdentity, 'As it is now. Both people are told.'),
})

const unlink = createRoute({
  method: 'delete',
  path: '/people/{id}/identities/{identity_id}',
  operationId: 'unlinkIdentity',
  summary: 'Make an account nobody’s; sessions and links begun through it end',
  tags,
  request: { params: z.object({ id: idOf('person'), identity_id: idOf('identity') }) },
  responses: answersNothing('Unlinked; whoever speaks or signs in by it again is matched anew.'),
})
