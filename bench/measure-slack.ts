import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { openBrowser } from '../test/support/browser.ts'
import type { Slack } from '../test/support/slack/driver.ts'
import { TEAM_COOKIE } from '../test/support/slack/oauth.ts'
import { type Figures, figuresOf, runRound } from './load.ts'
import type { BenchRecipe, Owner } from './set-up.ts'
import type { Town } from './town.ts'

/** How long slash commands took to be acknowledged. */
export interface SlackFigures {
  what: string
  figures: Figures
  slowest: number
  /** How many took longer than Slack waits. */
  late: number
}

const LIMIT_MS = 3000

/**
 * Slash commands, each a job with one Salesforce record: one at a time, so many in ten seconds and each delivered twice, and 20 at once.
 * Throws where one is refused, or does not run exactly once.
 */
export async function measureSlack(
  town: Town,
  slack: Slack,
  owner: BenchRecipe & Owner,
  { paced, seconds }: { paced: number; seconds: number },
): Promise<SlackFigures[]> {
  await install(town, slack, owner)
  const recipe = await addCommand(owner)
  const alice = slack.person('alice')
  let commands = 0
  const command = () => alice.runs('/behalf', `bench name: ${commands++}`, 'sales')
  const measured: SlackFigures[] = []
  const measure = async (what: string, run: () => Promise<unknown>) => {
    slack.acks.length = 0
    const begun = performance.now()
    await run()
    const took = (performance.now() - begun) / 1000
    await allRan(town, recipe, commands)
    measured.push({ what, ...readAcks(slack, took) })
  }
  await command()
  await measure('one at a time', () => runRound(1, seconds, command))
  slack.sendTimes = 2
  await measure(`${paced} in ten seconds, each delivered twice`, () => sendPaced(paced, command))
  slack.sendTimes = 1
  await measure('20 at once', () => runRound(20, seconds, command))
  return measured
}

async function install({ behalf }: Town, slack: Slack, { api, cookie }: Owner): Promise<void> {
  const { app_id, client_id, client_secret, signing_secret } = slack.app
  const settings = { app_id, client_id, host: slack.url }
  await api('PUT', 'surfaces/slack', { settings, secrets: { client_secret, signing_secret } })
  slack.addRedirectUri(new URL('/surfaces/slack/callback', behalf.url).href)
  slack.requestUrl = new URL('/surfaces/slack/events', behalf.url).href
  const browser = openBrowser()
  for (const [name, value] of cookie.split('; ').map((each) => each.split('=')))
    browser.jar.set(behalf.url.href, name ?? '', value ?? '')
  browser.jar.set(slack.url, TEAM_COOKIE, slack.team().id)
  await (await browser.open(new URL('/surfaces/slack/install', behalf.url))).click('olivia')
}

/** The bench's recipe as a command that everyone may run. */
async function addCommand({ api, place, connectionId }: BenchRecipe & Owner): Promise<string> {
  const document = {
    name: 'Bench',
    trigger: { kind: 'command', command: 'bench', parameters: [{ name: 'name', type: 'text' }] },
    connections: { crm: { connector: 'salesforce', connection_id: connectionId, personal: false } },
    steps: [
      {
        kind: 'action',
        name: 'create',
        connection: 'crm',
        action: 'create_record',
        input: { type: 'Opportunity', fields: { Name: '{{ trigger.name }}', StageName: 'Prospecting' } },
      },
      { kind: 'reply', name: 'answer', text: 'Created {{ steps.create.id }}.' },
    ],
  }
  const { id } = await api('POST', 'recipes', { ...place, document })
  await api('PUT', `recipes/${id}/runners`, { everyone: true })
  await api('POST', `recipes/${id}/start`)
  return id
}

async function sendPaced(count: number, command: () => Promise<unknown>): Promise<void> {
  const sent: Promise<unknown>[] = []
  for (let n = 0; n < count; n++) {
    sent.push(command())
    await pause(10_000 / count)
  }
  await Promise.all(sent)
}

const MOST_MS = 120_000

async function allRan({ connectionString }: Town, recipe: string, wanted: number): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const end = performance.now() + MOST_MS
    for (;;) {
      const { rows } = await client.query('select status, count(*)::int from jobs where recipe_id = $1 group by 1', [
        recipe,
      ])
      const [only, ...others] = rows
      if (others.length === 0 && only?.status === 'succeeded' && only.count === wanted) return
      if (performance.now() > end) throw new Error(`of ${wanted} commands came ${JSON.stringify(rows)}`)
      await pause(100)
    }
  } finally {
    await client.end()
  }
}

function readAcks({ acks }: Slack, seconds: number): Omit<SlackFigures, 'what'> {
  const refused = acks.find(({ status }) => status !== 200)
  if (refused) throw new Error(`a command was answered with ${refused.status}`)
  const latencies = acks.map(({ ms }) => ms).sort((a, b) => a - b)
  const late = latencies.filter((ms) => ms > LIMIT_MS).length
  return { figures: figuresOf({ seconds, latencies }), slowest: latencies.at(-1) ?? 0, late }
}
