/**
 * Every privilege there is, as the sentence that says what it allows. A privilege is checked by its name with
 * `requirePrivilege`; a person always sees, disconnects and deletes their own connections without any of them.
 */
export const PRIVILEGES = {
  'connections.view': 'View connections: their settings, scopes, account and status, never the secret',
  'connections.create': 'Create connections, also for service persons',
  'connections.edit': 'Edit connections: rename, change settings, connect, disconnect and reconnect them',
  'connections.delete': 'Delete connections, of other people too, which stops the recipes that use them',
  'runtime_user_connections.view':
    'View runtime user connections: who connected what, with which scopes, never the secret',
  'runtime_user_connections.edit': 'Edit runtime user connections: disconnect those of other people',
  'recipes.view': 'View recipes, their versions and who may run them',
  'recipes.edit': 'Edit recipes: create, change, import, copy, restore, share and delete them',
  'recipes.run': 'Run the recipes that are shared with me',
  'recipes.start_stop': 'Start and stop recipes',
  'job_history.view': 'View job history: that a job ran, as whom, its steps and their outcome, never private data',
  'job_data.view': 'View job data of jobs that used nobody’s own connection',
  'projects.edit': 'Edit projects: create and rename them',
  'people.view': 'View people, groups and roles',
  'people.edit': 'Edit people, groups and roles: add, change and deactivate people, within my own privileges',
  'mcp_servers.edit': 'Edit MCP servers: which recipes they offer to which groups',
  'api_keys.edit': 'Edit API keys: list, create and revoke them, within my own privileges',
  'audit_log.view': 'View the audit log',
  'workspace_settings.edit': 'Edit workspace settings',
} as const

export type Privilege = keyof typeof PRIVILEGES

const ALL = Object.keys(PRIVILEGES) as Privilege[]

/** The built-in roles, most powerful first. */
export const ROLES = ['owner', 'admin', 'analyst', 'operator', 'member'] as const

export type Role = (typeof ROLES)[number]

/** What each built-in role allows. Owner and Admin differ in one thing only: an owner can make an owner. */
export const ROLE_PRIVILEGES: Readonly<Record<Role, ReadonlySet<Privilege>>> = {
  owner: new Set(ALL),
  admin: new Set(ALL),
  analyst: new Set(ALL.filter((privilege) => /^(recipes|connections|runtime_user_connections)\./.test(privilege))),
  operator: new Set<Privilege>(['recipes.view', 'recipes.run', 'job_history.view']),
  member: new Set<Privilege>(['recipes.run']),
}

/** Whether a word from outside names a privilege. */
export function isPrivilege(word: string): word is Privilege {
  return Object.hasOwn(PRIVILEGES, word)
}
