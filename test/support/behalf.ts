import { randomBytes } from 'node:crypto'
import { type Crm, startCrm } from '../../demo/crm/start-crm.ts'
import { createConnection } from '../../src/commands/connections/change-connections.ts'
import { cookieOf } from '../../src/commands/identify.ts'
import type { ConnectionId, ProjectId, RecipeId } from '../../src/core/ids.ts'
import { newId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import type { Person } from '../../src/people/person.ts'
import { createPerson } from '../../src/people/persons.ts'
import type { Role } from '../../src/people/privileges.ts'
import { createProject } from '../../src/people/projects.ts'
import { startSession } from '../../src/people/sessions.ts'
import { readConfiguration } from '../../src/server/configuration.ts'
import { makeLog } from '../../src/server/log.ts'
import { type Started, startBehalf } from '../../src/server/start.ts'
import type { Wiring } from '../../src/server/wire.ts'
import { type Browser, openBrowser, type Page } from './browser.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { until } from './until.ts'

/** A person of the test with a browser that is signed in to Behalf. */
export interface TestPerson {
  person: Person
  browser: Browser
  /** One request to the API with this person's session: status and parsed body. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: ApiBody }>
  /** Says something in the portal's chat. */
  say(text: string): Promise<void>
  /** The lines of their chat, the newest last. */
  chat(): Promise<ChatLine[]>
  /** The link of the newest connect prompt in their chat, once there is one that is newer than `after` prompts. */
  prompt(after?: number): Promise<string>
}

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is asserted on, field by field
type ApiBody = any

export interface ChatButton {
  label: string
  press: Record<string, unknown>
  confirm: string | null
}

export interface ChatLine {
  id: string
  from: 'me' | 'behalf'
  kind: string
  text: string
  job_id: string | null
  fields: { name: string; value: string }[]
  links: { label: string; url: string }[]
  items: { text: string; badge: { text: string; tone: string }; buttons: ChatButton[] }[]
  buttons: ChatButton[]
  menus: { label: string; options: { label: string; press: Record<string, unknown> }[] }[]
}

export interface TestBehalf extends Started {
  database: TestDatabase
  crm: Crm
  log: string[]
  projectId: ProjectId
  owner: TestPerson
  addPerson(name: string, role?: Role): Promise<TestPerson>
  /** A parent connection to the CRM whose redirect URI is registered there; not connected yet. */
  addCrmParent(name?: string): Promise<ConnectionId>
  /** Connects a parent as somebody of the CRM, by real pages. */
  connectParent(id: ConnectionId, as?: string): Promise<void>
  /** Makes a recipe, shares it with everyone, and starts it. */
  addRecipe(document: object): Promise<RecipeId>
  /** Starts a second server on the same database, as on another machine behind the same address; whoever starts it stops it. */
  startAnother(): Promise<Started>
  /** Stops the server alone; database and CRM stay as they are. */
  stopServer(): Promise<void>
  /** The environment variables it was started with. */
  settings: Record<string, string>
  /** Starts the whole server again on the same database, as after a restart; the old one is stopped first unless it was killed. */
  restart(overrides?: Partial<Wiring>): Promise<void>
}

/** Behalf's OAuth client at the CRM. */
export const CLIENT = { client_id: 'behalf', client_secret: 'a-secret-of-the-crm-client' }

/**
 * The whole server on a database of its own, or `on` this one, with real HTTP, and a CRM beside it. Stop with `stop()`. It may reach `otherHosts`
 * (`host:port`) as well, and has the settings of `environment`. Unless it is about consent, a connected account may be used by every recipe of its person.
 */
export async function startTestBehalf({
  on = testDatabase(),
  otherHosts = [],
  consentPerRecipe = false,
  environment = {},
  ...overrides
}: Partial<Wiring> & {
  crm?: Crm
  on?: Promise<TestDatabase>
  otherHosts?: string[]
  consentPerRecipe?: boolean
  environment?: Record<string, string>
} = {}): Promise<TestBehalf> {
  const database = await on
  const crm = overrides.crm ?? (await startCrm({ clients: [{ ...CLIENT, client_name: 'Behalf', redirect_uris: [] }] }))
  const log: string[] = []
  const settings = {
    PORT: '0',
    DATABASE_URL: database.connectionString,
    BEHALF_SEALING_KEY: randomBytes(32).toString('base64'),
    BEHALF_ALLOWED_PRIVATE_HOSTS: [new URL(crm.url).host, ...otherHosts].join(','),
    BEHALF_CONCURRENCY: '5',
    ...environment,
  }
  const start = (more: Partial<Wiring> = {}, port = '0') =>
    startBehalf(readConfiguration({ ...settings, PORT: port }), {
      log: makeLog('info', { write: (line: string) => void log.push(line) }),
      retryDelaysMs: [5, 10],
      ...overrides,
      ...more,
    })
  const started = await start()
  const workspaceId = newId('workspace')
  await database.db
    .insertInto('workspaces')
    .values({ id: workspaceId, name: 'Acme', settings: JSON.stringify({ skip_consent_per_recipe: !consentPerRecipe }) })
    .execute()
  const project = await createProject(database.db, { workspaceId, name: 'Sales', now: new Date() })

  const behalf: TestBehalf = {
    ...started,
    database,
    crm,
    log,
    settings,
    projectId: project.id,
    owner: undefined as unknown as TestPerson,
    async addPerson(name, role = 'member') {
      const email = `${name.split(' ')[0]?.toLowerCase()}@acme.test`
      const person = await createPerson(database.db, {
        workspaceId,
        kind: 'member',
        role,
        name,
        email,
        now: new Date(),
      })
      return testPerson(behalf, person)
    },
    async addCrmParent(name = 'Salesforce') {
      const id = await createConnection(behalf.ctx, actorOf(behalf.owner.person), {
        name,
        connector: 'salesforce',
        projectId: project.id,
        environment: 'PROD',
        settings: { environment: 'custom', custom_domain: crm.url },
        clientId: CLIENT.client_id,
        clientSecret: CLIENT.client_secret,
      })
      await crm.addRedirectUri(CLIENT.client_id, new URL(`/connect/callback/${id}`, behalf.url).href)
      return id
    },
    async connectParent(id, as = 'Bob Ortiz') {
      const { body } = await behalf.owner.api('POST', `/connections/${id}/connect`)
      // A browser of its own at the CRM: the next person must be asked there who they are.
      const page = await openBrowser(behalf.owner.browser.jar).open(body.data.url)
      const consent = page.buttons.some(({ label }) => label.includes('Continue as'))
        ? await page.click(`Continue as ${as}`)
        : page
      await consent.click('Allow')
    },
    async addRecipe(document) {
      const { owner } = behalf
      const place = { project_id: project.id, environment: 'PROD' }
      const made = await owner.api('POST', '/recipes', { ...place, document })
      if (made.status !== 201) throw new Error(`the recipe was not made: ${JSON.stringify(made.body)}`)
      const { id } = made.body.data
      await owner.api('PUT', `/recipes/${id}/runners`, { everyone: true })
      const begun = await owner.api('POST', `/recipes/${id}/start`)
      if (begun.status !== 200) throw new Error(`the recipe did not start: ${JSON.stringify(begun.body)}`)
      return id
    },
    startAnother: () => start({ publicUrl: behalf.url }),
    stopServer: () => stopServer(),
    async restart(more) {
      const port = behalf.url.port
      await stopServer()
      const again = await start(more, port)
      stopServer = again.stop
      Object.assign(behalf, again, { stop: behalf.stop })
    },
    async stop() {
      await stopServer()
      await crm.stop()
      await database.drop()
    },
  }
  let stopServer = started.stop
  behalf.owner = await behalf.addPerson('Olivia Owner', 'owner')
  return behalf
}

async function testPerson(behalf: TestBehalf, person: Person): Promise<TestPerson> {
  const browser = openBrowser()
  const now = new Date()
  const { token } = await startSession(behalf.database.db, { personId: person.id, userAgent: 'test', now })
  browser.jar.set(behalf.url.href, cookieOf(behalf.ctx).name, token)
  const api: TestPerson['api'] = async (method, path, body) => {
    const response = await browser.fetch(new URL(`/api${path}`, behalf.url), {
      method,
      headers: { 'content-type': 'application/json', origin: behalf.url.origin },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
  const chat = async (): Promise<ChatLine[]> => (await api('GET', '/chat/messages')).body.data
  return {
    person,
    browser,
    api,
    chat,
    async say(text) {
      const { status, body } = await api('POST', '/chat/messages', { text })
      if (status !== 200) throw new Error(`saying “${text}” was refused: ${JSON.stringify(body)}`)
    },
    async prompt(after = 0) {
      const line = await until(async () => (await chat()).filter(({ kind }) => kind === 'ask')[after])
      return line.links[0]?.url ?? ''
    },
  }
}

/** The recipe of the promises: a command that makes an opportunity at the CRM, switch on or off. */
export function createOpportunity(connectionId: string, personal: boolean, command = 'create opportunity'): object {
  return {
    name: command,
    description: 'Makes an opportunity in Salesforce.',
    trigger: {
      kind: 'command',
      command,
      parameters: [
        { name: 'name', type: 'text' },
        { name: 'amount', type: 'number', required: false },
      ],
    },
    connections: { crm: { connector: 'salesforce', connection_id: connectionId, personal } },
    steps: [
      {
        kind: 'action',
        name: 'create',
        connection: 'crm',
        action: 'create_record',
        input: {
          type: 'Opportunity',
          fields: {
            Name: '{{ trigger.name }}',
            Amount: '{{ trigger.amount? }}',
            StageName: 'Prospecting',
            CloseDate: '2027-01-31',
          },
        },
      },
      {
        kind: 'reply',
        name: 'answer',
        text: 'Created {{ trigger.name }}.',
        fields: [{ name: 'Id', value: '{{ steps.create.id }}' }],
      },
    ],
  }
}

/** Presses through the connect page and the CRM's own pages, as this CRM person. Answers the page one comes back to. */
export async function connectAt(person: TestPerson, link: string, as: string, application = 'Salesforce') {
  const page = await person.browser.open(link)
  const atCrm = await page.click(`Connect ${application}`)
  const consent = atCrm.buttons.some(({ label }) => label.includes('Continue as'))
    ? await atCrm.click(`Continue as ${as}`)
    : atCrm
  return sayMine(await consent.click('Allow'))
}

/** Says yes where the e-mail address at an application is another than here; any other page is given back as it is. */
export async function sayMine(page: Page): Promise<Page> {
  return page.buttons.some(({ label }) => label === MINE) ? page.click(MINE) : page
}

const MINE = 'Yes, this account is mine'
