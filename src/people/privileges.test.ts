import { expect, test } from 'vitest'
import { PRIVILEGES, type Privilege, ROLE_PRIVILEGES, type ROLES } from './privileges.ts'

function groupsOf(role: (typeof ROLES)[number]): string[] {
  return [...new Set([...ROLE_PRIVILEGES[role]].map((privilege) => privilege.split('.')[0] as string))]
}

test('owner and admin have every privilege', () => {
  const all = Object.keys(PRIVILEGES)
  expect([...ROLE_PRIVILEGES.owner]).toEqual(all)
  expect([...ROLE_PRIVILEGES.admin]).toEqual(all)
})

test('an analyst has all of recipes, connections and runtime user connections, and nothing else', () => {
  const groups = ['connections', 'runtime_user_connections', 'recipes']
  expect(groupsOf('analyst')).toEqual(groups)
  const expected = Object.keys(PRIVILEGES).filter((name) => groups.includes(name.split('.')[0] as string))
  expect([...ROLE_PRIVILEGES.analyst]).toEqual(expected)
  expect(expected).toHaveLength(10)
})

test('an operator views and runs recipes and views job history, and has nothing of connections', () => {
  expect([...ROLE_PRIVILEGES.operator].sort()).toEqual(['job_history.view', 'recipes.run', 'recipes.view'])
})

test('a member runs what is shared with them', () => {
  expect([...ROLE_PRIVILEGES.member]).toEqual(['recipes.run'])
})

test('nobody below admin reads job data, people, keys, the audit log or settings', () => {
  const kept: Privilege[] = ['job_data.view', 'people.view', 'people.edit', 'api_keys.edit', 'audit_log.view']
  for (const role of ['analyst', 'operator', 'member'] as const) {
    expect(kept.filter((privilege) => ROLE_PRIVILEGES[role].has(privilege))).toEqual([])
  }
})
