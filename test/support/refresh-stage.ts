import type { Whose } from '../../src/connections/standing.ts'
import type { ConnectionId, PersonId } from '../../src/core/ids.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import type { TestBehalf, TestPerson } from './behalf.ts'
import { connectDirectly } from './connect-directly.ts'
import { type RefreshingProcess, startRefreshingProcess } from './refreshing-process.ts'
import type { Told } from './refreshing-program.ts'
import { startThingsStage, type ThingsStage } from './things-stage.ts'
import { takeThings } from './use-grant.ts'

/** Somebody with a live grant, who was spared the pages. */
export interface Granted {
  person: TestPerson
  /** At the application. */
  account: string
  connectionId: ConnectionId
  whose: Whose & { personId: PersonId }
}

/** The things stage, for what happens to grants while they are refreshed. */
export interface RefreshStage extends ThingsStage {
  /** A new person, connected. */
  grantTo(name: string): Promise<Granted>
  /** The access token ends at the application, which nobody here knows; or, by the clock here, while it lives there. */
  stale(granted: Granted, how?: 'there' | 'here'): Promise<void>
  /** Uses the grant as a step does, on this server or another: `done`, or why not. */
  use(granted: Granted, server?: Pick<TestBehalf, 'ctx'>): Promise<string>
  /** A process of its own on the same database, killed with the stage. */
  startProcess(told?: Partial<Told>): Promise<RefreshingProcess>
  row(granted: Granted): Promise<Awaited<ReturnType<typeof rowOf>>>
}

/** Starts it. Leases last `1.5 * tokenTimeoutMs`. */
export async function startRefreshStage(options: Parameters<typeof startThingsStage>[0] = {}): Promise<RefreshStage> {
  const stage = await startThingsStage({ tokenTimeoutMs: 1_000, ...options })
  const processes: RefreshingProcess[] = []
  const { stop } = stage
  return Object.assign(stage, {
    async grantTo(name: string): Promise<Granted> {
      const person = await stage.addPerson(name)
      const account = person.person.email?.split('@')[0] ?? name
      const response = await stage.server.issue(account)
      const wanted = { parentId: stage.parent, person: person.person, account, response }
      const connectionId = await connectDirectly(stage.ctx, wanted)
      const whose = { parentId: stage.parent, personId: person.person.id, recipe: null }
      return { person, account, connectionId, whose }
    },
    async stale({ connectionId }: Granted, how: 'there' | 'here' = 'there') {
      if (how === 'there') return stage.server.expireAccessTokens()
      const { db } = stage.database
      await db
        .updateTable('grants')
        .set({ access_expires_at: new Date(stage.ctx.clock().getTime() - 1), version: (e) => e('version', '+', '1') })
        .where('connection_id', '=', connectionId)
        .execute()
    },
    use: ({ whose }: Granted, server: Pick<TestBehalf, 'ctx'> = stage) => takeThings(server.ctx, whose),
    async startProcess(told: Partial<Told> = {}) {
      const started = await startRefreshingProcess({ ...toldBy(stage, stage.server), ...told })
      processes.push(started)
      return started
    },
    row: ({ connectionId }: Granted) => rowOf(stage, connectionId),
    async stop() {
      for (const each of processes) each.signal('SIGKILL')
      await Promise.all(processes.map(({ ended }) => ended))
      await stop()
    },
  })
}

function toldBy({ settings, url, ctx }: TestBehalf, server: AuthorizationServer): Told {
  return {
    name: 'another',
    connectionString: String(settings.DATABASE_URL),
    sealingKey: String(settings.BEHALF_SEALING_KEY),
    allowedPrivateHosts: [new URL(server.url).host],
    publicUrl: url.href,
    tokenTimeoutMs: ctx.tokenTimeoutMs,
    backgroundEveryMs: null,
    diesOfAnswer: false,
  }
}

/** Connection and grant as they stand in the database. */
function rowOf({ database }: TestBehalf, id: ConnectionId) {
  return database.db
    .selectFrom('connections')
    .leftJoin('grants', 'grants.connection_id', 'connections.id')
    .select(['connections.status', 'connections.status_reason', 'must_ask_at'])
    .select(['version', 'lease_holder', 'lease_until', 'keep_alive_at', 'keep_alive_attempts', 'access_expires_at'])
    .where('connections.id', '=', id)
    .executeTakeFirstOrThrow()
}
