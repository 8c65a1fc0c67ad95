import type { ConnectionId } from '../../../src/core/ids.ts'
import type { Wiring } from '../../../src/server/wire.ts'
import { ACCOUNT_COOKIE } from '../authorization-server.ts'
import { createOpportunity, sayMine, startTestBehalf, type TestBehalf } from '../behalf.ts'
import { type Browser, openBrowser, type Page } from '../browser.ts'
import { urlsIn } from './card.ts'
import { type Microsoft, startMicrosoft, type TeamsMessage } from './microsoft.ts'
import { type TeamsPerson, teamsPerson } from './person.ts'
import { APP, TENANT } from './users.ts'

/** Behalf with its app in Teams, and a recipe `create opportunity` whose switch is on. */
export interface TeamsStage extends TestBehalf {
  microsoft: Microsoft
  parent: ConnectionId
  appId: string
  person(name: string): TeamsPerson
  /** Moves Behalf's clock. */
  advance(ms: number): void
  /** The browser of somebody who is signed in to Microsoft, and not to Behalf. */
  browserOf(person: TeamsPerson): Browser
  /** Follows a link, signs in with Microsoft, and connects as this account of the CRM. */
  connect(person: TeamsPerson, link: string, as: string, application?: string): Promise<Page>
  ownerOf(opportunity: string): string | undefined
  audit(action: string): Promise<Record<string, unknown>[]>
  /** Status and error code of the jobs, the oldest first. */
  jobs(): Promise<{ status: string; code: string | null }[]>
}

interface TeamsStageOptions extends Pick<Wiring, 'connectors'> {
  consentPerRecipe?: boolean
  otherHosts?: string[]
  /** Of the app, where they are not the usual ones. */
  settings?: Record<string, string>
}

/** Starts both; `stop()` stops both. */
export async function startTeamsStage({
  settings = {},
  otherHosts = [],
  ...wiring
}: TeamsStageOptions = {}): Promise<TeamsStage> {
  let ahead = 0
  const microsoft = await startMicrosoft()
  const clock = () => new Date(Date.now() + ahead)
  const behalf = await startTestBehalf({ ...wiring, otherHosts: [microsoft.host, ...otherHosts], clock })
  const stopBehalf = behalf.stop
  const appId = await setUp(behalf, microsoft, settings)
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  await behalf.addRecipe(createOpportunity(parent, true))
  const endpoint = () => new URL(`/surfaces/teams/${appId}/messages`, behalf.url)
  return Object.assign(behalf, {
    microsoft,
    parent,
    appId,
    person(name: string) {
      const user = microsoft.users[name]
      if (!user) throw new Error(`nobody is called ${name}`)
      return teamsPerson(microsoft, user, endpoint)
    },
    advance(ms: number) {
      ahead += ms
    },
    browserOf: (person: TeamsPerson) => browserOf(microsoft, person),
    connect: (person: TeamsPerson, link: string, as: string, application = 'Salesforce') =>
      connect(browserOf(microsoft, person), { link, as, application }),
    ownerOf: (name: string) => behalf.crm.opportunities().find((each) => each.name === name)?.owner,
    audit: (action: string) => listAudit(behalf, action),
    jobs: () => listJobs(behalf),
    async stop() {
      await stopBehalf()
      await microsoft.stop()
    },
  })
}

async function setUp({ owner }: TestBehalf, microsoft: Microsoft, more: Record<string, string>): Promise<string> {
  const { client_id: app_id, client_secret } = APP
  const settings = { mode: 'teams', app_id, tenant_id: TENANT, stand_in: microsoft.url, ...more }
  const { status, body } = await owner.api('PUT', '/surfaces/teams', { settings, secrets: { client_secret } })
  if (status !== 200) throw new Error(`Teams was not set up: ${JSON.stringify(body)}`)
  microsoft.addRedirectUri(body.data.sign_in.redirect_uri)
  return body.data.steps
    .flatMap((step: { copy: { value: string }[] }) => step.copy)[0]
    .value.split('/')
    .at(-2)
}

function browserOf({ url }: Microsoft, { user }: TeamsPerson): Browser {
  const browser = openBrowser()
  browser.jar.set(url, ACCOUNT_COOKIE, user.objectId)
  return browser
}

async function connect(
  browser: Browser,
  { link, as, application }: { link: string; as: string; application: string },
): Promise<Page> {
  const tied = await signInOn(await browser.open(link))
  const atCrm = await tied.click(`Connect ${application}`)
  const consent = atCrm.buttons.some(({ label }) => label.includes('Continue as'))
    ? await atCrm.click(`Continue as ${as}`)
    : atCrm
  return sayMine(await consent.click('Allow'))
}

/** Signs in with Microsoft, from a page that asks for it. */
export async function signInOn(page: Page): Promise<Page> {
  return (await page.click('Sign in')).click('Sign in with Microsoft')
}

/** The connect link of a prompt. */
export function linkIn({ card }: TeamsMessage): string {
  const link = urlsIn(card).find((url) => url.includes('/connect/l/'))
  if (!link) throw new Error(`there is no link in ${JSON.stringify(card)}`)
  return link
}

async function listAudit({ database }: TestBehalf, action: string): Promise<Record<string, unknown>[]> {
  const rows = database.db.selectFrom('audit_events').select('details').where('action', '=', action)
  return (await rows.orderBy('id').execute()).map(({ details }) => details)
}

async function listJobs({ database }: TestBehalf) {
  const rows = await database.db.selectFrom('jobs').select(['status', 'error_code']).orderBy('id').execute()
  return rows.map(({ status, error_code: code }) => ({ status, code }))
}
