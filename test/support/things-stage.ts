import type { Connector } from '../../src/connectors/connector.ts'
import { connector as github } from '../../src/connectors/github/index.ts'
import { connector as salesforce } from '../../src/connectors/salesforce/index.ts'
import type { ConnectionId } from '../../src/core/ids.ts'
import type { Wiring } from '../../src/server/wire.ts'
import {
  ACCOUNT_COOKIE,
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from './authorization-server.ts'
import { sayMine, startTestBehalf, type TestBehalf, type TestPerson } from './behalf.ts'
import type { Page } from './browser.ts'
import { things } from './things-connector.ts'
import { until } from './until.ts'

/** Behalf beside an authorization server that nobody here wrote, with a recipe `put thing` whose switch is on. */
export interface ThingsStage extends TestBehalf {
  server: AuthorizationServer
  parent: ConnectionId
  /** Moves Behalf's clock, not the server's. */
  advance(ms: number): void
  /** Runs `put thing` and answers how the job ended, or that it waits. */
  run(person: TestPerson, name: string): Promise<{ id: string; status: string; code: string | null }>
  /** Follows the newest prompt; the authorization server takes the person for this account, who consents. */
  connect(person: TestPerson, account: string): Promise<Page>
  /** A person's connection, as the API shows it to them. */
  childOf(person: TestPerson): Promise<Child>
  prompts(person: TestPerson): Promise<number>
}

export interface Child {
  id: string
  status: string
  revocation: { status: string; outcome: string | null } | null
}

const connectors = new Map<string, Connector>(
  [github, salesforce, things].map((each) => [each.name, each as unknown as Connector]),
)

interface ThingsStageOptions extends Partial<Wiring> {
  server?: AuthorizationServerOptions
  /** `host:port` that may be reached besides the server. */
  otherHosts?: string[]
  /** Of the connection, besides the server's address. */
  settings?: object
}

/** Starts both; `stop()` stops both. */
export async function startThingsStage(options: ThingsStageOptions = {}): Promise<ThingsStage> {
  const { server: serverOptions, settings, otherHosts = [], ...wiring } = options
  let ahead = 0
  const server = await startAuthorizationServer(serverOptions)
  const behalf = await startTestBehalf({
    ...wiring,
    connectors,
    otherHosts: [new URL(server.url).host, ...otherHosts],
    clock: () => new Date(Date.now() + ahead),
  })
  const stopBehalf = behalf.stop
  const parent = await addParent(behalf, {
    name: 'Things',
    connector: 'things',
    settings: { url: server.url, ...settings },
    ...server.client,
  })
  server.addRedirectUri(new URL(`/connect/callback/${parent}`, behalf.url).href)
  await behalf.addRecipe(putThing(parent))
  return Object.assign(behalf, {
    server,
    parent,
    advance(ms: number) {
      ahead += ms
    },
    run: (person: TestPerson, name: string) => run(person, `put thing name: ${name}`),
    async connect(person: TestPerson, account: string) {
      person.browser.jar.set(server.url, ACCOUNT_COOKIE, account)
      const page = await person.browser.open(await person.prompt((await countPrompts(person)) - 1))
      return sayMine(await page.click('Connect Things'))
    },
    childOf,
    prompts: countPrompts,
    async stop() {
      await stopBehalf()
      await server.stop()
    },
  })
}

export interface NewParent {
  name: string
  connector: string
  settings: object
  client_id?: string
  client_secret?: string
  personal_form?: boolean
}

/** Makes a parent connection as the owner does; not connected, which a recipe with its switch on does not need. */
export async function addParent({ owner, projectId }: TestBehalf, wanted: NewParent): Promise<ConnectionId> {
  const made = await owner.api('POST', '/connections', { ...wanted, project_id: projectId, environment: 'PROD' })
  if (made.status !== 201) throw new Error(`the connection was not made: ${JSON.stringify(made.body)}`)
  return made.body.data.id
}

function putThing(connectionId: string): object {
  return {
    name: 'Put thing',
    trigger: { kind: 'command', command: 'put thing', parameters: [{ name: 'name', type: 'text' }] },
    connections: { place: { connector: 'things', connection_id: connectionId, personal: true } },
    steps: [
      {
        kind: 'action',
        name: 'put',
        connection: 'place',
        action: 'put_thing',
        input: { name: '{{ trigger.name }}' },
      },
      { kind: 'reply', name: 'answer', text: 'Put {{ trigger.name }}.' },
    ],
  }
}

const SETTLED = ['succeeded', 'failed', 'waiting_for_connection', 'cancelled', 'expired']

/** Says a command, and waits until its job has ended or waits for its person. */
export async function run(person: TestPerson, command: string) {
  const before = await newestJob(person)
  await person.say(command)
  return until(async () => {
    const job = await newestJob(person)
    return job && job.id !== before?.id && SETTLED.includes(job.status) ? job : undefined
  })
}

async function newestJob(person: TestPerson) {
  const { body } = await person.api('GET', '/me/jobs')
  const [job] = body.data
  return job && { id: job.id, status: job.status, code: job.error_code }
}

/** A person's only connection, as the API shows it to them. */
export async function childOf(person: TestPerson): Promise<Child> {
  const { body } = await person.api('GET', '/me/connections')
  const { connection } = body.data.find((each: { connection: unknown }) => each.connection)
  return (await person.api('GET', `/connections/${connection.id}`)).body.data
}

export async function countPrompts(person: TestPerson): Promise<number> {
  return (await person.chat()).filter(({ kind }) => kind === 'ask').length
}
