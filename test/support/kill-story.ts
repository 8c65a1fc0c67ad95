import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Crm } from '../../demo/crm/start-crm.ts'
import { cookieOf } from '../../src/commands/identify.ts'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import type { Checkpoint } from '../../src/jobs/context.ts'
import { readConfiguration } from '../../src/server/configuration.ts'
import { makeLog } from '../../src/server/log.ts'
import { startBehalf } from '../../src/server/start.ts'
import { type ChatLine, CLIENT, connectAt, startTestBehalf, type TestBehalf, type TestPerson } from './behalf.ts'
import { openBrowser } from './browser.ts'
import { COMPILE_CACHE } from './compile-cache.ts'
import { cloneDatabase, type TestDatabase } from './database.ts'
import type { KillableServer } from './killable-server.ts'
import {
  callThree,
  createByWebhook,
  createOne,
  createTwo,
  makeApart,
  makeThree,
  searchThenCreate,
  startApart,
  tryInVain,
} from './recipes.ts'
import { until } from './until.ts'

/** Everything that every story begins with: people, connections, recipes, in a database that is copied for each. */
export interface Opening {
  behalf: TestBehalf
  crm: Crm
  parent: ConnectionId
  hook: URL
  recipes: Record<string, RecipeId>
  cookies: Record<string, [name: string, token: string]>
}

/**
 * Alice is connected; Bob is too, but the CRM has ended his grant, which nobody here knows yet; Nora was never connected, and is Carol
 * at the CRM, whose account is the parent's too.
 */
export async function openStory(): Promise<Opening> {
  const behalf = await startTestBehalf()
  const people = {
    alice: await behalf.addPerson('Alice Ng'),
    bob: await behalf.addPerson('Bob Ortiz'),
    nora: await behalf.addPerson('Nora Novak'),
  }
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  const personal = { connectionId: parent, personal: true }
  const recipes = {
    one: await behalf.addRecipe(createOne({ ...personal, command: 'one' })),
    again: await behalf.addRecipe(createOne({ ...personal, command: 'again' }, { after_crash: 'run_again' })),
    two: await behalf.addRecipe(createTwo({ ...personal, command: 'two' })),
    search: await behalf.addRecipe(searchThenCreate({ ...personal, command: 'search' })),
    three: await behalf.addRecipe(callThree(await behalf.addRecipe(makeThree(parent)), 'three')),
    apart: await behalf.addRecipe(startApart(await behalf.addRecipe(makeApart(parent)), 'apart')),
    vain: await behalf.addRecipe(tryInVain({ ...personal, command: 'vain' })),
  }
  for (const person of [people.alice, people.bob]) await connect(person, parent)
  await behalf.crm.revokeGrantsOf('bob')
  const hook = await addHook(behalf, parent)
  const { name } = cookieOf(behalf.ctx)
  const cookies = Object.fromEntries(
    Object.entries(people).map(([key, { browser }]) => [key, [name, browser.jar.get(behalf.url, name) ?? '']]),
  ) as Opening['cookies']
  await behalf.stopServer()
  return { behalf, crm: behalf.crm, parent, hook, recipes, cookies }
}

async function connect(person: TestPerson, parent: ConnectionId): Promise<void> {
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(person, body.data.url, person.person.name)
}

async function addHook(behalf: TestBehalf, parent: ConnectionId): Promise<URL> {
  const place = { project_id: behalf.projectId, environment: 'PROD' }
  const document = createByWebhook(parent, 'hook')
  const made = await behalf.owner.api('POST', '/recipes', { ...place, document })
  const { body } = await behalf.owner.api('POST', `/recipes/${made.body.data.id}/start`)
  return new URL(body.data.webhook_url)
}

/** How one story goes until the cut, and on. */
export interface Story {
  /** What the opportunity is called: no other story's. */
  name: string
  recipe: 'one' | 'again' | 'two' | 'search' | 'three' | 'apart' | 'vain' | 'hook'
  /** By chat, the person does not wait; by the API, they do, on the very process that is killed. */
  by: 'chat' | 'api' | 'webhook'
  as?: 'alice' | 'bob' | 'nora'
  killAt: Checkpoint
  nth?: number
  /** As whom the person connects at the CRM after the cut. */
  consentsAs?: string
  /** The other server starts at once, and finds out by and by that the first is dead; left out: it starts a minute later. */
  atOnce?: true
}

/** What came of it. */
export interface Ending {
  status: string
  errorCode: string | null
  /** The opportunities at the CRM, as `name: owner`, in the order they were made. */
  made: string[]
  /** What Behalf said in the person's chat: `ask`, or the reply's text; notices left out. */
  said: string[]
  /** Steps on record as `step: status`. */
  steps: string[]
  /** Uses of credentials on record as `step: outcome`. */
  uses: string[]
}

/** Plays one story on a database of its own: a server that is killed, then another one, which brings it to its end. */
export async function playStory(opening: Opening, story: Story): Promise<Ending> {
  const database = await cloneDatabase(opening.behalf.database)
  const settings = { ...opening.behalf.settings, DATABASE_URL: database.connectionString, BEHALF_CONCURRENCY: '2' }
  try {
    const url = await inTurn(() => playUntilKilled(opening, story, settings))
    if (!story.atOnce) await passMinute(database)
    const second = await startBehalf(readConfiguration({ ...settings, PORT: url.port }), {
      log: makeLog('silent'),
      retryDelaysMs: [5, 10],
    })
    try {
      return await playOn(opening, story, url, database)
    } finally {
      await second.stop()
    }
  } finally {
    await database.drop()
  }
}

/** Everything by which a server tells who is dead, and what is overdue, is a minute older. */
async function passMinute({ pool }: TestDatabase): Promise<void> {
  for (const [table, ...columns] of [
    ['worker_pools', 'seen_at'],
    ['graphile_worker._private_jobs', 'locked_at'],
    ['jobs', 'created_at', 'started_at'],
    ['outbox', 'next_at'],
  ])
    await pool.query(`update ${table} set ${columns.map((each) => `${each} = ${each} - interval '1 minute'`).join()}`)
}

let processes = 0
const waiting: (() => void)[] = []

/** Two processes at once: starting them is what needs the machine. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (processes >= 2) await new Promise<void>((resolve) => waiting.push(resolve))
  processes += 1
  try {
    return await work()
  } finally {
    processes -= 1
    waiting.shift()?.()
  }
}

const PROGRAM = fileURLToPath(new URL('killable-server.ts', import.meta.url))

async function playUntilKilled(opening: Opening, story: Story, settings: Record<string, string>): Promise<URL> {
  const told: KillableServer = { settings, killAt: story.killAt, nth: story.nth ?? 1 }
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(told)], {
    env: { ...process.env, ...COMPILE_CACHE },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  try {
    const stillborn = ended.then(() => Promise.reject(new Error('the server ended before it was ready')))
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), stillborn])
    const url = new URL(line)
    // The answer is lost with the process, or comes before it.
    await begin(opening, story, url).catch(() => {})
    const [, signal] = await Promise.race([ended, once(AbortSignal.timeout(20_000), 'abort')])
    if (signal !== 'SIGKILL') throw new Error(`the server was never at “${story.killAt}”`)
    return url
  } finally {
    child.kill('SIGKILL')
  }
}

function begin(opening: Opening, { by, recipe, name, as = 'alice' }: Story, url: URL): Promise<Response> {
  if (by === 'webhook') {
    const headers = { 'content-type': 'application/json' }
    return fetch(new URL(opening.hook.pathname, url), { method: 'POST', headers, body: JSON.stringify({ name }) })
  }
  const body = by === 'chat' ? { text: `${recipe} name: ${name}` } : { input: { name }, wait_seconds: 5 }
  const path = by === 'chat' ? '/api/chat/messages' : `/api/recipes/${opening.recipes[recipe]}/run`
  return browserOf(opening, as, url).fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url.origin },
    body: JSON.stringify(body),
  })
}

function browserOf({ cookies }: Opening, as: string, url: URL) {
  const browser = openBrowser()
  const [name, token] = cookies[as] as [string, string]
  browser.jar.set(url.href, name, token)
  return browser
}

/** Where it starts at once, the dead process is known to be dead after some twenty seconds. */
const TAKEOVER_MS = 60_000

async function playOn(opening: Opening, story: Story, url: URL, { db }: TestDatabase): Promise<Ending> {
  const browser = browserOf(opening, story.as ?? 'alice', url)
  const chat = async (): Promise<ChatLine[]> => {
    const answer = await browser.fetch(new URL('/api/chat/messages', url))
    return ((await answer.json()) as { data: ChatLine[] }).data.filter(({ from }) => from === 'behalf')
  }
  if (story.consentsAs) {
    await opening.crm.addRedirectUri(CLIENT.client_id, new URL(`/connect/callback/${opening.parent}`, url).href)
    const ask = await until(async () => (await chat()).find(({ kind }) => kind === 'ask'), TAKEOVER_MS)
    const link = ask.links[0]?.url ?? ''
    await connectAt({ browser } as TestPerson, link, story.consentsAs)
  }
  // The first, and what it may have started.
  const job = await until(async () => {
    const jobs = await db.selectFrom('jobs').selectAll().orderBy('id').execute()
    return jobs.every(({ finished_at }) => finished_at !== null) ? jobs[0] : undefined
  }, TAKEOVER_MS)
  const pending = db.selectFrom('outbox').select('id').where('status', '=', 'pending')
  await until(async () => (await pending.execute()).length === 0, TAKEOVER_MS)
  const steps = await db.selectFrom('job_steps').selectAll().where('job_id', '=', job.id).orderBy('position').execute()
  const uses = await db.selectFrom('credential_uses').selectAll().where('job_id', '=', job.id).orderBy('id').execute()
  return {
    status: job.status,
    errorCode: job.error_code,
    made: opening.crm
      .opportunities()
      .filter(({ name }) => name.startsWith(story.name))
      .map(({ name, owner }) => `${name}: ${owner}`),
    said:
      story.by === 'webhook'
        ? []
        : (await chat()).flatMap(({ kind, text }) => (kind === 'notice' ? [] : kind === 'ask' ? 'ask' : text)),
    steps: steps.map(({ step, status }) => `${step}: ${status}`),
    uses: uses.map(({ step, outcome }) => `${step}: ${outcome}`),
  }
}
