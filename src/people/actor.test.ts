import { expect, test } from 'vitest'
import { UserError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { type Actor, actorOf, mayAssignRole, requirePrivilege, workspaceOf } from './actor.ts'
import type { Person } from './person.ts'
import { ROLES, type Role } from './privileges.ts'

const workspaceId = newId('workspace')

function person(role: Role, status: Person['status'] = 'active'): Person {
  return {
    id: newId('person'),
    workspaceId,
    kind: 'member',
    name: 'Alice Ng',
    email: 'alice@acme.example',
    role,
    status,
    createdAt: new Date('2026-11-22T10:00:00Z'),
  }
}

function refusal(act: () => void): UserError {
  try {
    act()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('was not refused')
}

test('requirePrivilege lets an actor pass who has all that is asked', () => {
  requirePrivilege(actorOf(person('analyst')), 'recipes.edit', 'runtime_user_connections.edit')
})

test('requirePrivilege refuses with 403 and names the sentences that are missing, and only those', () => {
  const error = refusal(() =>
    requirePrivilege(actorOf(person('operator')), 'recipes.view', 'recipes.edit', 'people.edit'),
  )
  expect(error).toMatchObject({ code: 'forbidden', status: 403, details: { missing: ['recipes.edit', 'people.edit'] } })
  expect(error.message).toContain('Edit recipes: ')
  expect(error.message).toContain('Edit people, groups and roles: ')
  expect(error.message).not.toContain('View recipes')
})

test('a deactivated owner has no privilege and assigns no role', () => {
  const actor = actorOf(person('owner', 'deactivated'))
  expect(refusal(() => requirePrivilege(actor, 'recipes.run')).code).toBe('forbidden')
  expect(ROLES.filter((role) => mayAssignRole(actor, role))).toEqual([])
})

test('nobody assigns a role that can do more than their own, and only an owner makes owners', () => {
  const assignable = (role: Role) => ROLES.filter((wanted) => mayAssignRole(actorOf(person(role)), wanted))
  expect(assignable('owner')).toEqual(['owner', 'admin', 'analyst', 'operator', 'member'])
  expect(assignable('admin')).toEqual(['admin', 'analyst', 'operator', 'member'])
  expect(assignable('analyst')).toEqual(['analyst', 'member'])
  expect(assignable('operator')).toEqual(['operator', 'member'])
  expect(assignable('member')).toEqual(['member'])
})

test('an API key never makes an owner, even with every privilege', () => {
  const { privileges } = actorOf(person('owner'))
  const key: Actor = {
    kind: 'api_key',
    id: newId('apiKey'),
    workspaceId,
    name: 'Deploy',
    namespaceId: null,
    privileges,
  }
  expect(mayAssignRole(key, 'owner')).toBe(false)
  expect(mayAssignRole(key, 'admin')).toBe(true)
})

test('workspaceOf knows the workspace of every kind of actor', () => {
  const actors: Actor[] = [
    actorOf(person('member')),
    { kind: 'api_key', id: newId('apiKey'), workspaceId, name: 'Deploy', namespaceId: null, privileges: new Set() },
    { kind: 'system', workspaceId },
  ]
  expect(actors.map(workspaceOf)).toEqual([workspaceId, workspaceId, workspaceId])
})
