import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startCrm } from '../../demo/crm/start-crm.ts'
import { cookieOf } from '../../src/commands/identify.ts'
import type { RecipeId } from '../../src/core/ids.ts'
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

/** Answers with the job's end. */
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

async function sendMany(name: string, count: number): Promise<RecipeId> {
  const parent = await behalf.addCrmParent(name)
  await behalf.connectParent(parent)
  const recipe = createByWebhook(parent, name) as { steps: object[] }
  const steps = recipe.steps.map((step) => ({ ...step, after_crash: 'run_again' }))
  const id = await behalf.addRecipe({ ...recipe, steps })
  const { body } = await behalf.owner.api('POST', `/recipes/${id}/webhook`)
  for (let i = 0; i < count; i++)
    await fetch(body.data.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `${name} ${i}` }),
    })
  return id
}

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
  expect(behalf.crm.opportunities().filter(({ name }) => name.startsWith('Drained '))).toHaveLength(12)
  const jobs = behalf.database.db.selectFrom('jobs').select('fence').where('recipe_id', '=', id)
  expect((await jobs.execute()).filter(({ fence }) => fence !== '1')).toEqual([])
  expect(other.child.exitCode).toBe(null)
}, 90_000)

test('what has not ended in its time is given back, and another process takes it at once', async () => {
  const worker = await startWorker('0')
  const id = await sendMany('Given back', 3)
  await until(async () => (await inStatus(id, 'running')) > 0)
  const at = Date.now()
  expect(await worker.drain()).toBe(0)
  expect(Date.now() - at).toBeLessThan(10_000)
  expect(await inStatus(id, 'running')).toBe(0)
  await startWorker('30')
  await until(async () => (await inStatus(id, 'succeeded')) === 3, 30_000)
}, 90_000)

test('a request that waits for its job is answered by the process that is told to stop, and no new one is taken', async () => {
  const parent = await behalf.addCrmParent('Answered')
  await behalf.connectParent(parent)
  const id = await behalf.addRecipe(createOne({ connectionId: parent, personal: false, command: 'answered' }))
  const worker = await startWorker('30', 'all')
  const { url } = worker
  const answered = runAndWait(id, 'Answered', url)
  await until(async () => (await inStatus(id, 'running')) > 0)
  const gone = worker.drain()
  await until(() =>
    fetch(new URL('/health', url)).then(
      () => false,
      () => true,
    ),
  )
  expect(worker.child.exitCode).toBe(null)
  const response = await answered
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ data: { status: 'succeeded' } })
  expect(await gone).toBe(0)
}, 90_000)
