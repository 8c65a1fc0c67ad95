import type { ConnectionId } from '../../../src/core/ids.ts'
import { ACCOUNT_COOKIE } from '../authorization-server.ts'
import { createOpportunity, sayMine, startTestBehalf, type TestBehalf } from '../behalf.ts'
import { type Browser, openBrowser, type Page } from '../browser.ts'
import { until } from '../until.ts'
import { type Slack, type SlackOptions, startSlack } from './driver.ts'
import { TEAM_COOKIE } from './oauth.ts'
import { accountOf } from './openid.ts'
import type { SlackPerson } from './person.ts'
import { APP } from './world.ts'

/** Behalf with its app in Slack, and a recipe `create opportunity` whose switch is on. */
export interface SlackStage extends TestBehalf {
  slack: Slack
  parent: ConnectionId
  alice: SlackPerson
  bob: SlackPerson
  /** Moves Behalf's clock and Slack's. */
  advance(ms: number): void
  /** Installs the app by Slack's pages, as the owner. Answers the page it ends on. */
  install(teamOrEnterprise: string, as?: string): Promise<Page>
  /** The browser of somebody who is signed in to Slack, and not to Behalf. */
  browserOf(person: SlackPerson): Browser
  /** Follows a link that came in Slack, signs in with Slack, and connects as this account of the CRM. */
  connect(person: SlackPerson, link: string, as: string, application?: string): Promise<Page>
  ownerOf(opportunity: string): string | undefined
  audit(action: string): Promise<Record<string, unknown>[]>
  /** Status and error code of the jobs, the oldest first. */
  jobs(): Promise<{ status: string; code: string | null }[]>
}

interface SlackStageOptions extends Omit<SlackOptions, 'requestUrl'> {
  mode?: 'http' | 'socket'
  /** Where the app is installed. Default: the first team. */
  installedIn?: string[]
  settings?: Record<string, string>
  /** `host:port` that may be reached besides. */
  otherHosts?: string[]
  consentPerRecipe?: boolean
}

/** Starts both; `stop()` stops both. */
export async function startSlackStage(options: SlackStageOptions = {}): Promise<SlackStage> {
  const { teams, mode = 'http', settings = {}, otherHosts = [], installedIn, consentPerRecipe = false } = options
  let ahead = 0
  const slack = await startSlack({ ...(teams && { teams }) })
  const behalf = await startTestBehalf({
    otherHosts: [slack.host, ...otherHosts],
    clock: () => new Date(Date.now() + ahead),
    consentPerRecipe,
  })
  const stopBehalf = behalf.stop
  await setUp(behalf, slack, { mode, ...settings })
  if (mode === 'http') slack.requestUrl = new URL('/surfaces/slack/events', behalf.url).href
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  await behalf.addRecipe(createOpportunity(parent, true))
  const stage: SlackStage = Object.assign(behalf, {
    slack,
    parent,
    alice: slack.person('alice'),
    bob: slack.person('bob'),
    advance(ms: number) {
      ahead += ms
      slack.advance(ms)
    },
    install: (where: string, as?: string) => install(behalf, slack, where, as),
    browserOf,
    connect: (person: SlackPerson, link: string, as: string, application = 'Salesforce') =>
      connect(behalf, slack, { person, link, as, application }),
    ownerOf: (name: string) => behalf.crm.opportunities().find((each) => each.name === name)?.owner,
    audit: (action: string) => listAudit(behalf, action),
    jobs: () => listJobs(behalf),
    async stop() {
      await stopBehalf()
      await slack.stop()
    },
  })
  for (const where of installedIn ?? [slack.team().id]) await stage.install(where)
  if (mode === 'socket') await until(() => slack.sockets.count() > 0)
  return stage

  function browserOf({ team, user }: SlackPerson): Browser {
    const browser = openBrowser()
    browser.jar.set(slack.url, ACCOUNT_COOKIE, accountOf(team.id, user.id))
    return browser
  }
}

/** Saves what Slack's pages say of the app, as the owner does. */
async function setUp({ owner, url, database }: TestBehalf, slack: Slack, settings: object): Promise<void> {
  const { app_id, client_id, client_secret, signing_secret, app_token } = APP
  const body = {
    settings: { app_id, client_id, host: slack.url, ...settings },
    secrets: { client_secret, signing_secret, app_token },
  }
  const saved = await owner.api('PUT', '/surfaces/slack', body)
  if (saved.status !== 200) throw new Error(`Slack was not set up: ${JSON.stringify(saved.body)}`)
  slack.addRedirectUri(new URL('/surfaces/slack/callback', url).href)
  const provider = await database.db
    .selectFrom('sign_in_providers')
    .select('id')
    .where('surface_app_id', 'is not', null)
    .executeTakeFirstOrThrow()
  slack.addRedirectUri(new URL(`/sign-in/callback/${provider.id}`, url).href)
}

async function install({ owner, url }: TestBehalf, slack: Slack, where: string, as?: string): Promise<Page> {
  owner.browser.jar.set(slack.url, TEAM_COOKIE, where)
  const team = slack.state.teams.find(({ id, enterprise }) => id === where || enterprise?.id === where)
  const page = await owner.browser.open(new URL('/surfaces/slack/install', url))
  return page.click(as ?? team?.users[0]?.name ?? '')
}

interface Connecting {
  person: SlackPerson
  link: string
  as: string
  application: string
}

async function connect({ url }: TestBehalf, slack: Slack, { person, link, as, application }: Connecting) {
  const browser = openBrowser()
  browser.jar.set(slack.url, ACCOUNT_COOKIE, accountOf(person.team.id, person.user.id))
  const page = await browser.open(link)
  if (!page.url.startsWith(url.origin)) throw new Error(`the link led to ${page.url}`)
  const tied = await (await page.click('Sign in')).click('Sign in with Slack')
  const atCrm = await tied.click(`Connect ${application}`)
  const consent = atCrm.buttons.some(({ label }) => label.includes('Continue as'))
    ? await atCrm.click(`Continue as ${as}`)
    : atCrm
  return sayMine(await consent.click('Allow'))
}

async function listAudit({ database }: TestBehalf, action: string): Promise<Record<string, unknown>[]> {
  const events = database.db.selectFrom('audit_events').select('details').where('action', '=', action)
  return (await events.orderBy('id').execute()).map(({ details }) => details)
}

async function listJobs({ database }: TestBehalf) {
  const jobs = await database.db.selectFrom('jobs').select(['status', 'error_code']).orderBy('id').execute()
  return jobs.map(({ status, error_code: code }) => ({ status, code }))
}

/** The one link of a prompt. */
export function linkIn({ links }: { links: { url: string }[] }): string {
  const link = links.find(({ url }) => url.includes('/connect/l/'))
  if (!link) throw new Error(`there is no link to connect among ${JSON.stringify(links)}`)
  return link.url
}
