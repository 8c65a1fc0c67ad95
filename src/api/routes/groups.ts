import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { createGroup, deleteGroup, listGroups, renameGroup, setGroupMembers } from '#commands/people/groups.ts'
import type { ApiApp } from '../api-env.ts'
import { Group } from '../contract.ts'
import { presentGroup } from '../presenters/people.ts'
import { answers, answersAll, answersCreated, answersNothing, bodyOf, idOf, withId } from '../route-parts.ts'

const tags = ['People']

/** Groups of people, to share recipes with. */
export function groupRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const groups = await listGroups(ctx, c.get('actor'))
    return c.json({ data: groups.map(presentGroup) }, 200)
  })
  app.openapi(create, async (c) => {
    const group = await createGroup(ctx, c.get('actor'), c.req.valid('json'))
    return c.json({ data: presentGroup(group) }, 201)
  })
  app.openapi(rename, async (c) => {
    const change = { groupId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json({ data: presentGroup(await renameGroup(ctx, c.get('actor'), change)) }, 200)
  })
  app.openapi(remove, async (c) => {
    await deleteGroup(ctx, c.get('actor'), { groupId: c.req.valid('param').id })
    return c.body(null, 204)
  })
  app.openapi(setMembers, async (c) => {
    const change = { groupId: c.req.valid('param').id, personIds: c.req.valid('json').person_ids }
    return c.json({ data: presentGroup(await setGroupMembers(ctx, c.get('actor'), change)) }, 200)
  })
}

const GroupName = z.strictObject({ name: z.string().max(500) }).openapi('GroupName')
const GroupMembers = z.strictObject({ person_ids: z.array(idOf('person')).max(10_000) }).openapi('GroupMembers')

const list = createRoute({
  method: 'get',
  path: '/groups',
  operationId: 'listGroups',
  summary: 'The groups with their members',
  tags,
  responses: answersAll(Group, 'By name.'),
})

const create = createRoute({
  method: 'post',
  path: '/groups',
  operationId: 'createGroup',
  summary: 'Add an empty group',
  tags,
  request: bodyOf(GroupName),
  responses: answersCreated(Group, 'The group.'),
})

const rename = createRoute({
  method: 'patch',
  path: '/groups/{id}',
  operationId: 'renameGroup',
  summary: 'Rename a group',
  tags,
  request: { ...withId('group'), ...bodyOf(GroupName) },
  responses: answers(Group, 'The group.'),
})

const remove = createRoute({
  method: 'delete',
  path: '/groups/{id}',
  operationId: 'deleteGroup',
  summary: 'Delete a group; what was shared with it is shared with its members no longer',
  tags,
  request: withId('group'),
  responses: answersNothing('Deleted.'),
})

const setMembers = createRoute({
  method: 'put',
  path: '/groups/{id}/members',
  operationId: 'setGroupMembers',
  summary: 'Make exactly these people the members',
  tags,
  request: { ...withId('group'), ...bodyOf(GroupMembers) },
  responses: answers(Group, 'The group.'),
})
