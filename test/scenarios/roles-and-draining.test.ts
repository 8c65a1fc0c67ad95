import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startCrm } from '../../demo/crm/start-crm.ts'
import { cookieOf } from '../../src/commands/identify.ts'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { CLIENT, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { npmStart, type StartedProcess } from '../support/npm-start.ts'
import { createByWebhook, createOne } from '../support/recipes.ts'
import { until } from '../support/until.ts'

const DELAY_MS = 700

let behalf: TestBehalf
const workers: StartedProcess[] = []

beforeAll(async () => {
  const clients = [{ ...CLIENT, client_name: 'Behalf', redirect_uris: [] }]
  const crm = await startCrm({ clients, delayMs: DELAY_MS })
  behalf = await startTestBehalf({ crm, environment: { BEHALF_ROLE: 'web' } })
})
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill()
})
afterAll(() => behalf.stop())

/** `npm start -- --role worker` on the same database, or with another role. */
async function startWorker(drainSeconds: string, role = 'worker'): Promise<StartedProcess & { url: string }> {
  const settings = { ...behalf.settings, BEHALF_CONCURRENCY: '3', BEHALF_DRAIN_SECONDS: drainSeconds }
  const worker = await npmStart({ ...settings, BEHALF_ROLE: '' }, { flags: ['--role', role] })
  workers.push(worker)
  return { ...worker, url: `http://127.0.0.1:${worker.port}` }
}

/** Answers with the job's end, or that it goes on. */
function runAndWait(recipe: RecipeId, name: string, url: string): Promise<Response> {
  const cookie = cookieOf(behalf.ctx).name
  const headers = {
    'content-type': 'application/json',
    origin: new URL(url).origin,
    cookie: `${cookie}=${behalf.owner.browser.jar.get(behalf.url, cookie)}`,
  }
  const body = JSON.stringify({ input: { name }, wait_seconds: 20 })
  return fetch(new URL(`/api/recipes/${recipe}/run`, url), { method: 'POST', headers, body })
}

/** A recipe with a webhook that makes an opportunity. */
async function addWebhook(name: string, more: object = {}): Promise<{ id: RecipeId; path: string }> {
  const recipe = createByWebhook(await connected(name), name)
  const id = await behalf.addRecipe({ ...recipe, ...more })
  const { body } = await behalf.owner.api('POST', `/recipes/${id}/webhook`)
  return { id, path: new URL(body.data.url).pathname }
}

async function connected(name: string): Promise<ConnectionId> {
  const parent = await behalf.addCrmParent(name)
  await behalf.connectParent(parent)
  return parent
}

const send = (url: URL, name: string) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) })

async function sendMany(name: string, count: number): Promise<RecipeId> {
  const { id, path } = await addWebhook(name)
  for (let i = 0; i < count; i++) await send(new URL(path, behalf.url), `${name} ${i}`)
  return id
}

/** Makes so many opportunities, one after the other, none of which may be made twice. */
const loopOf = (name: string, count: number) => {
  const input = { type: 'Opportunity', fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' } }
  const make = { kind: 'action', name: 'make', connection: 'crm', action: 'create_record', input }
  return [{ kind: 'for_each', name: 'each', items: Array.from({ length: count }, (_, i) => i), steps: [make] }]
}

const madeOf = (name: string) => behalf.crm.opportunities().filter((each) => each.name.startsWith(name)).length

const isGone = (url: string) =>
  fetch(new URL('/health', url)).then(
    () => false,
    () => true,
  )

/** The log's level. */
const ERROR = 50

const inStatus = async (id: RecipeId, status: 'queued' | 'running' | 'succeeded') =>
  (
    await behalf.database.db
      .selectFrom('jobs')
      .select('id')
      .where('recipe_id', '=', id)
      .where('status', '=', status)
      .execute()
  ).length

test('a process that is told to stop ends what it runs and exits; another runs the rest, and nothing runs twice', async () => {
  const id = await sendMany('Drained', 12)
  // The web process answers and enqueues, and runs nothing.
  expect(await inStatus(id, 'queued')).toBe(12)
  const worker = await startWorker('30')
  const { url } = worker
  expect((await fetch(new URL('/health', url))).status).toBe(200)
  expect((await fetch(new URL('/api/me', url))).status).toBe(404)
  await until(async () => (await inStatus(id, 'running')) > 0)
  const [other] = await Promise.all([startWorker('30'), until(async () => (await inStatus(id, 'running')) > 2)])
  expect(await worker.drain()).toBe(0)
  await until(async () => (await inStatus(id, 'succeeded')) === 12, 30_000)
  expect(madeOf('Drained ')).toBe(12)
  const jobs = behalf.database.db.selectFrom('jobs').select('fence').where('recipe_id', '=', id)
  expect((await jobs.execute()).filter(({ fence }) => fence !== '1')).toEqual([])
  expect(other.child.exitCode).toBe(null)
}, 90_000)

test('what has not ended in its time is given back, and another process takes it at once', async () => {
  const { id, path } = await addWebhook('Given back')
  const worker = await startWorker('0')
  behalf.crm.setDelayMs(25_000)
  await send(new URL(path, behalf.url), 'Given back')
  await until(async () => (await inStatus(id, 'running')) > 0)
  const toldAt = Date.now()
  expect(await worker.drain()).toBe(0)
  expect(Date.now() - toldAt).toBeLessThan(15_000)
  expect(await inStatus(id, 'queued')).toBe(1)
  behalf.crm.setDelayMs(DELAY_MS)
  await startWorker('30')
  await until(async () => (await inStatus(id, 'queued')) + (await inStatus(id, 'running')) === 0, 10_000)
}, 90_000)

test('a job of many steps is given back at its next one, and another process makes the rest, none of it twice', async () => {
  const { id, path } = await addWebhook('Loop', { steps: loopOf('Loop', 12) })
  const worker = await startWorker('30')
  await send(new URL(path, behalf.url), '')
  await until(() => madeOf('Loop') > 1)
  expect(await worker.drain()).toBe(0)
  expect(madeOf('Loop')).toBeLessThan(8)
  expect(await inStatus(id, 'queued')).toBe(1)
  await startWorker('30')
  await until(async () => (await inStatus(id, 'succeeded')) === 1, 30_000)
  expect(madeOf('Loop')).toBe(12)
}, 90_000)

test('one that somebody waits for runs on until the time is nearly over; then they are told that it goes on', async () => {
  const id = await behalf.addRecipe({
    ...createOne({ connectionId: await connected('Watched'), personal: false, command: 'watched' }),
    steps: loopOf('Watched', 20),
  })
  const worker = await startWorker('5', 'all')
  const answered = runAndWait(id, 'Watched', worker.url)
  await until(() => madeOf('Watched') > 1)
  const gone = worker.drain()
  const response = await answered
  expect(response.status).toBe(202)
  expect(await gone).toBe(0)
  expect(worker.log.filter(({ level }) => level >= ERROR)).toEqual([])
  const before = madeOf('Watched')
  expect(before).toBeGreaterThan(4)
  await startWorker('30')
  await until(async () => (await inStatus(id, 'succeeded')) === 1, 30_000)
  expect(madeOf('Watched')).toBe(20)
}, 90_000)

test('requests that wait for their jobs are answered by the process that is told to stop, and no new one is taken', async () => {
  const recipe = createOne({ connectionId: await connected('Answered'), personal: false, command: 'answered' })
  const id = await behalf.addRecipe(recipe)
  const hook = await addWebhook('Answered hook', { trigger: { kind: 'webhook', respond: 'when_done' } })
  const worker = await startWorker('30', 'all')
  const { url } = worker
  behalf.crm.setDelayMs(3000)
  const answers = Promise.all([runAndWait(id, 'Answered', url), send(new URL(hook.path, url), 'Answered hook')])
  await until(async () => (await inStatus(id, 'running')) + (await inStatus(hook.id, 'running')) === 2)
  const gone = worker.drain()
  await until(() => isGone(url))
  expect(worker.child.exitCode).toBe(null)
  for (const response of await answers) {
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ data: { status: 'succeeded' } })
  }
  expect(await gone).toBe(0)
  expect(worker.log.filter(({ level }) => level >= ERROR)).toEqual([])
  behalf.crm.setDelayMs(DELAY_MS)
}, 90_000)

test('a mail server that says nothing keeps no process that is told to stop', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const mail = { BEHALF_SMTP_URL: `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}` }
  const settings = { ...behalf.settings, ...mail, BEHALF_MAIL_FROM: 'behalf@acme.test', BEHALF_ROLE: 'worker' }
  const worker = await npmStart(settings)
  workers.push(worker)
  const { id: person_id, workspaceId: workspace_id } = behalf.owner.person
  const { db } = behalf.database
  await db.insertInto('emails').values({ id: 'eml_1', workspace_id, person_id, subject: 'Stopped', body: '' }).execute()
  await until(async () => (await db.selectFrom('emails').select('id').where('attempts', '=', 1).execute()).length === 1)
  const toldAt = Date.now()
  expect(await worker.drain()).toBe(0)
  expect(Date.now() - toldAt).toBeLessThan(15_000)
  silent.close()
}, 90_000)
