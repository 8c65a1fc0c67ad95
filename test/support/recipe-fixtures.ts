import { z } from 'zod'
import type { Connector, ConnectorRegistry } from '#connectors/connector.ts'
import { bearerToken, defineAction } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { type ConnectionId, newId, type PersonId, type ProjectId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Environment } from '#database/tables.ts'

const createRecord = defineAction({
  name: 'create_record',
  label: 'Create record',
  description: 'Creates a record.',
  consentText: 'create records as you',
  input: z.object({
    object: z.enum(['Account', 'Opportunity']),
    fields: z.record(z.string(), z.unknown()),
    priority: z.number().int().optional(),
    tags: z.array(z.string().max(5)).optional(),
  }),
  output: z.object({ id: z.string(), url: z.string(), record: z.record(z.string(), z.unknown()) }),
  recipient: null,
  idempotent: false,
  run: async () => ({ id: '1', url: 'https://crm.example/1', record: {} }),
})

const findRecords = defineAction({
  name: 'find_records',
  label: 'Find records',
  description: 'Finds records.',
  consentText: 'read records as you',
  input: z.object({ query: z.string() }),
  output: z.object({ records: z.array(z.looseObject({ id: z.string() })) }),
  recipient: null,
  idempotent: true,
  run: async () => ({ records: [] }),
})

/** An application that exists in tests of recipes only: its actions are never run. */
function imaginary(name: string, label: string, personal: boolean): Connector {
  return {
    name,
    label,
    icon: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>',
    personal,
    settings: z.object({}),
    actions: [createRecord, findRecords],
    authentication: () => ({
      kind: 'oauth2',
      server: {
        authorization_endpoint: `https://${name}.example/authorize`,
        token_endpoint: `https://${name}.example/token`,
        revocation: null,
        revocationEndsAll: false,
        issuer: null,
        token_endpoint_auth_method: 'client_secret_basic',
        pkce: true,
        scopes: [],
        scopeSeparator: ' ',
        scopeParameter: 'scope',
        scopesAreReported: false,
        resource: null,
        authorizationParameters: {},
        defaultExpiresInSeconds: null,
        tokenResponseField: null,
        idleLimitSeconds: null,
        identity: { method: 'GET', url: `https://${name}.example/me` },
      },
    }),
    baseUrl: () => new URL(`https://${name}.example/`),
    origins: () => [],
    authorize: bearerToken,
    readAccount: () => ({ id: '1', label: 'one', email: null }),
    readError: ({ status }) => new OutsideError('outside_failed', `Answered ${status}.`, { retryable: false }),
  }
}

/** `crm` and `tracker` can be personal, `mailer` cannot. */
export const imaginaryConnectors: ConnectorRegistry = new Map(
  [imaginary('crm', 'CRM', true), imaginary('tracker', 'Tracker', true), imaginary('mailer', 'Mailer', false)].map(
    (connector) => [connector.name, connector],
  ),
)

/** A workspace with a project and a person, for tests that need rows to hang theirs on. */
export async function insertWorkspace(
  db: Db,
): Promise<{ workspaceId: WorkspaceId; projectId: ProjectId; personId: PersonId }> {
  const workspaceId = newId('workspace')
  await db.insertInto('workspaces').values({ id: workspaceId, name: 'Acme' }).execute()
  return { workspaceId, projectId: await insertProject(db, workspaceId), personId: await insertPerson(db, workspaceId) }
}

export async function insertProject(db: Db, workspaceId: WorkspaceId): Promise<ProjectId> {
  const id = newId('project')
  await db.insertInto('projects').values({ id, workspace_id: workspaceId, name: id }).execute()
  return id
}

export async function insertPerson(db: Db, workspaceId: WorkspaceId, name = 'Alice Ng'): Promise<PersonId> {
  const id = newId('person')
  await db
    .insertInto('persons')
    .values({ id, workspace_id: workspaceId, kind: 'member', name, email: `${id}@acme.test`, role: 'member' })
    .execute()
  return id
}

export interface ConnectionRow {
  workspaceId: WorkspaceId
  projectId: ProjectId
  environment?: Environment
  connector?: string
  name?: string
  status?: string | null
  /** Makes it a child: whose, and under which parent. */
  child?: { parentId: ConnectionId; personId: PersonId }
}

/** A connection's bare row: connected, in PROD, of `crm`, a parent unless told otherwise. */
export async function insertConnection(db: Db, connection: ConnectionRow): Promise<ConnectionId> {
  const id = newId('connection')
  await db
    .insertInto('connections')
    .values({
      id,
      workspace_id: connection.workspaceId,
      project_id: connection.projectId,
      environment: connection.environment ?? 'PROD',
      connector: connection.connector ?? 'crm',
      name: connection.name ?? 'Acme CRM',
      status: connection.status === undefined ? (connection.child ? 'connected' : 'success') : connection.status,
      parent_id: connection.child?.parentId ?? null,
      person_id: connection.child?.personId ?? null,
    })
    .execute()
  return id
}

/** A recipe that may be started: a command that makes an opportunity with the connection. `rest` replaces parts of it. */
export function exampleRecipe(connectionId: string | null, rest: Record<string, unknown> = {}) {
  return {
    name: 'Create opportunity',
    trigger: {
      kind: 'command',
      command: 'create opportunity',
      parameters: [
        { name: 'name', type: 'text' },
        { name: 'amount', type: 'number', required: false },
      ],
    },
    connections: { crm: { connector: 'crm', connection_id: connectionId, personal: false } },
    steps: [
      {
        kind: 'action',
        name: 'create',
        connection: 'crm',
        action: 'create_record',
        input: { object: 'Opportunity', fields: { Name: '{{ trigger.name }}', Amount: '{{ trigger.amount? }}' } },
      },
      { kind: 'reply', name: 'done', text: 'Made {{ steps.create.url }}' },
    ],
    ...rest,
  }
}

/** The same with the switch on. */
export function personalRecipe(connectionId: string | null, rest: Record<string, unknown> = {}) {
  return exampleRecipe(connectionId, {
    connections: { crm: { connector: 'crm', connection_id: connectionId, personal: true } },
    ...rest,
  })
}
