import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { changePerson } from '#commands/people/change-person.ts'
import { viewConnectionsOfPerson } from '#commands/people/connections-of-person.ts'
import { createPerson } from '#commands/people/create-person.ts'
import { deactivatePerson } from '#commands/people/deactivate-person.ts'
import { listPeople } from '#commands/people/list-people.ts'
import { reactivatePerson } from '#commands/people/reactivate-person.ts'
import { listRoles } from '#commands/people/roles.ts'
import { createServicePerson } from '#commands/people/service-persons.ts'
import type { ApiApp } from '../api-env.ts'
import { Person, RoleBody } from '../contract.ts'
import { presentConnection } from '../presenters/connections.ts'
import { presentListedPerson, presentPerson, presentShutOut } from '../presenters/people.ts'
import { ConnectionsOfPerson, ShutOutPerson } from '../revoking-contract.ts'
import { answers, answersAll, answersCreated, bodyOf, withId } from '../route-parts.ts'
import { ListedPerson } from '../workspace-contract.ts'

const tags = ['People']

/** The people of the workspace and what their roles allow. */
export function peopleRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const people = await listPeople(ctx, c.get('actor'), { external: c.req.valid('query').kind === 'external' })
    return c.json({ data: people.map(presentListedPerson) }, 200)
  })
  app.openapi(create, async (c) => {
    const { kind, email = '', ...wanted } = c.req.valid('json')
    const { person, initialPassword } =
      kind === 'service'
        ? { person: await createServicePerson(ctx, c.get('actor'), wanted), initialPassword: null }
        : await createPerson(ctx, c.get('actor'), { ...wanted, email })
    return c.json({ data: { ...presentPerson(person), initial_password: initialPassword } }, 201)
  })
  app.openapi(change, async (c) => {
    const personId = c.req.valid('param').id
    const person = await changePerson(ctx, c.get('actor'), { personId, ...c.req.valid('json') })
    return c.json({ data: presentPerson(person) }, 200)
  })
  app.openapi(deactivate, async (c) => {
    const shutOut = await deactivatePerson(ctx, c.get('actor'), { personId: c.req.valid('param').id })
    return c.json({ data: presentShutOut(shutOut) }, 200)
  })
  app.openapi(connections, async (c) => {
    const found = await viewConnectionsOfPerson(ctx, c.get('actor'), c.req.valid('param').id)
    const person = presentPerson(found.person)
    const shown = found.connections.map((each) => presentConnection(ctx, each))
    return c.json({ data: { person, connections: shown, revocations: found.revocations } }, 200)
  })
  app.openapi(reactivate, async (c) => {
    const person = await reactivatePerson(ctx, c.get('actor'), { personId: c.req.valid('param').id })
    return c.json({ data: presentPerson(person) }, 200)
  })
  app.openapi(roles, async (c) => c.json({ data: listRoles(c.get('actor')) }, 200))
}

const Role = Person.shape.role

const NewPerson = z
  .strictObject({
    /** member: signs in, by an e-mail address; service: an account for what no human does, who never signs in. */
    kind: z.enum(['member', 'service']).default('member'),
    name: z.string().max(500),
    /** Of a member. */
    email: z.string().max(500).optional(),
    role: Role.default('member'),
    /** Left out: one is made, and shown once in the answer. */
    password: z.string().max(1000).optional(),
  })
  // Also told when something else is wrong.
  .refine(({ kind, email }) => kind === 'service' || email !== undefined, {
    path: ['email'],
    error: 'is missing',
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .openapi('NewPerson')

const CreatedPerson = Person.extend({ initial_password: z.string().nullable() }).openapi('CreatedPerson')

const PersonChange = z
  .strictObject({ name: z.string().max(500).optional(), role: Role.optional() })
  .openapi('PersonChange')

const list = createRoute({
  method: 'get',
  path: '/people',
  operationId: 'listPeople',
  summary: 'Everybody in the workspace; the people of products only with `kind=external`',
  tags,
  request: { query: z.object({ kind: z.enum(['external']).optional() }) },
  responses: answersAll(ListedPerson, 'By name, deactivated people too.'),
})

const create = createRoute({
  method: 'post',
  path: '/people',
  operationId: 'createPerson',
  summary: 'Add a person who can sign in, or a service person',
  tags,
  request: bodyOf(NewPerson),
  responses: answersCreated(CreatedPerson, '`initial_password` is shown this once; null when one was given.'),
})

const change = createRoute({
  method: 'patch',
  path: '/people/{id}',
  operationId: 'changePerson',
  summary: 'Rename a person, or give them another role',
  tags,
  request: { ...withId('person'), ...bodyOf(PersonChange) },
  responses: answers(Person, 'As they are now.'),
})

const deactivate = createRoute({
  method: 'post',
  path: '/people/{id}/deactivate',
  operationId: 'deactivatePerson',
  summary: 'Shut a person out: sessions, API keys, connections and unfinished jobs end',
  tags,
  request: withId('person'),
  responses: answers(ShutOutPerson, 'As they are now, what ended, and how revoking at the applications went by now.'),
})

const connections = createRoute({
  method: 'get',
  path: '/people/{id}/connections',
  operationId: 'listConnectionsOfPerson',
  summary: 'What one person connected, and how ending what they had went',
  tags,
  request: withId('person'),
  responses: answers(ConnectionsOfPerson, 'Their connections, the newest first, at most 500; never a credential.'),
})

const reactivate = createRoute({
  method: 'post',
  path: '/people/{id}/reactivate',
  operationId: 'reactivatePerson',
  summary: 'Let a person in again; they connect their accounts anew',
  tags,
  request: withId('person'),
  responses: answers(Person, 'As they are now.'),
})

const roles = createRoute({
  method: 'get',
  path: '/roles',
  operationId: 'listRoles',
  summary: 'The roles, and what each allows',
  tags,
  responses: answersAll(RoleBody, 'Most powerful first.'),
})
