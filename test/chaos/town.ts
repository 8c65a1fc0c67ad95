import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createConnection } from '../../src/commands/connections/change-connections.ts'
import type { CommandsContext } from '../../src/commands/context.ts'
import { openKeyRing } from '../../src/connections/sealing/key-ring.ts'
import { keysInEnvironment } from '../../src/connections/sealing/keys-in-environment.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { type ConnectionId, newId, type WorkspaceId } from '../../src/core/ids.ts'
import { openDatabase } from '../../src/database/database.ts'
import { actorOf } from '../../src/people/actor.ts'
import { createPerson } from '../../src/people/persons.ts'
import { createProject } from '../../src/people/projects.ts'
import { wire } from '../../src/server/wire.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { startTestServer } from '../support/global-setup.ts'
import type { RefreshRequest } from '../support/refresh-log.ts'
import type { Told } from '../support/refreshing-program.ts'
import { databaseUrl, makeTemplate } from '../support/template.ts'
import { things } from '../support/things-connector.ts'

/** Requests to a token endpoint are given up after this; a lease lasts half as long again. */
export const TIMEOUT_MS = 1_500

/** An authorization server and the connection to it. */
export interface Provider {
  kind: 'grace' | 'strict'
  server: AuthorizationServer
  parentId: ConnectionId
}

/** What all seeds share: one database, two authorization servers, one of them with grace, and a server's inside to set things up with. */
export interface Town {
  ctx: CommandsContext
  workspaceId: WorkspaceId
  providers: Provider[]
  /** What a process of this town is told. */
  told: Omit<Told, 'name'>
  /** What is done when an account is refreshed, once it is carried out there and before the answer is sent. */
  onRefresh: Map<string, (request: RefreshRequest) => Promise<'answer' | 'cut'>>
  stop(): Promise<void>
}

const quiet = { debug() {}, info() {}, warn() {}, error: console.error }

/** Starts it in a database of its own, on this PostgreSQL or on one that is started for it. */
export async function startTown(postgres = process.env.BEHALF_TEST_DATABASE): Promise<Town> {
  const undo: (() => unknown)[] = []
  const { connectionString, drop } = await makeDatabase(postgres, undo)
  const database = openDatabase({ connectionString, maxConnections: 20, log: quiet })
  undo.push(drop, () => database.close())
  const onRefresh: Town['onRefresh'] = new Map()
  const servers = await Promise.all(
    [3600, 0].map((graceSeconds) =>
      startAuthorizationServer({
        graceSeconds,
        redirectUris: ['http://127.0.0.1:7200/connect/callback'],
        onRefresh: async (request) => (await onRefresh.get(request.account ?? '')?.(request)) ?? 'answer',
      }),
    ),
  )
  for (const server of servers) undo.push(() => server.stop())
  const told = {
    connectionString,
    sealingKey: randomBytes(32).toString('base64'),
    allowedPrivateHosts: servers.map(({ url }) => new URL(url).host),
    publicUrl: 'http://127.0.0.1:7200',
    tokenTimeoutMs: TIMEOUT_MS,
    backgroundEveryMs: 200,
    diesOfAnswer: false,
  }
  const { ctx, close } = await wire({
    ...told,
    database,
    log: quiet,
    keys: await openKeyRing(database.db, keysInEnvironment({ current: told.sealingKey, former: '' })),
    publicUrl: new URL(told.publicUrl),
    askForMs: 86_400_000,
    connectors: new Map([['things', things as unknown as Connector]]),
  })
  undo.push(close)
  const { workspaceId, parentIds } = await setUp(ctx, servers)
  const providers = servers.map((server, index): Provider => {
    return { kind: index === 0 ? 'grace' : 'strict', server, parentId: parentIds[index] as ConnectionId }
  })
  const stop = async () => {
    for (const each of undo.reverse()) await each()
  }
  return { ctx, workspaceId, providers, told, onRefresh, stop }
}

async function makeDatabase(postgres: string | undefined, undo: (() => unknown)[]) {
  const own = postgres ? undefined : await startTestServer()
  if (own) undo.push(() => own.stop())
  const server = own?.connectionString ?? String(postgres)
  const template = await makeTemplate(server)
  const name = `chaos_${randomBytes(6).toString('hex')}`
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await run(`create database ${name} template ${template}`)
  return {
    connectionString: databaseUrl(server, name),
    drop: () => run(`drop database if exists ${name} with (force)`),
  }
}

async function setUp(ctx: CommandsContext, servers: AuthorizationServer[]) {
  const workspaceId = newId('workspace')
  await ctx.db.insertInto('workspaces').values({ id: workspaceId, name: 'Chaos', settings: '{}' }).execute()
  const owner = await createPerson(ctx.db, {
    workspaceId,
    kind: 'member',
    role: 'owner',
    name: 'Olivia Owner',
    email: 'olivia@acme.test',
    now: new Date(),
  })
  const project = await createProject(ctx.db, { workspaceId, name: 'Sales', now: new Date() })
  const parentIds: ConnectionId[] = []
  for (const { url, client } of servers)
    parentIds.push(
      await createConnection(ctx, actorOf(owner), {
        name: url,
        connector: 'things',
        projectId: project.id,
        environment: 'PROD',
        settings: { url },
        clientId: client.client_id,
        clientSecret: client.client_secret,
      }),
    )
  return { workspaceId, parentIds }
}
