import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConnectionId, type JobId, newId, type RecipeId } from '../../src/core/ids.ts'
import type { Checkpoint } from '../../src/jobs/context.ts'
import { invoke } from '../../src/jobs/invoke.ts'
import { loadRecipe } from '../../src/recipes/load-recipe.ts'
import { loadProgram } from '../../src/recipes/program.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { createByWebhook, createOne } from '../support/recipes.ts'
import { jobEnded, mostAtOnce } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let recipe: RecipeId
let address: string
let parent: ConnectionId
let cutOffAt: Checkpoint | null = null

beforeAll(async () => {
  behalf = await startTestBehalf({
    checkpoint(label) {
      if (label !== cutOffAt) return
      cutOffAt = null
      throw new Error(`cut off at: ${label}`)
    },
  })
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  recipe = await behalf.addRecipe({
    ...createByWebhook(parent, 'Begin here'),
    trigger: { kind: 'webhook', respond: 'when_done' },
  })
  address = (await behalf.owner.api('POST', `/recipes/${recipe}/webhook`)).body.data.url
})
afterAll(() => behalf.stop())

async function call(name: string): Promise<{ status: number; data: { job_id: JobId; status: string } }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ name }) })
  return { status: response.status, ...((await response.json()) as { data: { job_id: JobId; status: string } }) }
}

const made = () => behalf.crm.opportunities().map(({ name }) => name)

test('more at once than may run in one process are all run, once each, and answered', async () => {
  const names = Array.from({ length: 15 }, (_, i) => `At once ${i}`)
  const answers = await Promise.all(names.map(call))
  expect(answers.map(({ data }) => data.status)).toEqual(names.map(() => 'succeeded'))
  expect(new Set(answers.map(({ data }) => data.job_id)).size).toBe(names.length)
  expect(
    made()
      .filter((name) => name.startsWith('At once'))
      .sort(),
  ).toEqual(names.sort())
})

test.each([
  [5, 5],
  [3, 2],
  [7, 3],
  [3, 1],
])(
  'of %i that come at once where %i may run, as many run as may, and no more',
  async (count, at_once) => {
    behalf.crm.setDelayMs(500)
    const command = `limit ${count} ${at_once}`
    const recipe = { ...createOne({ connectionId: parent, personal: false, command }), settings: { at_once } }
    const id = await behalf.addRecipe(recipe)
    const run = () => behalf.owner.api('POST', `/recipes/${id}/run`, { input: { name: command }, wait_seconds: 30 })
    const answers = await Promise.all(Array.from({ length: count }, run))
    behalf.crm.setDelayMs(0)
    expect(answers.map(({ body }) => body.data.status)).toEqual(answers.map(() => 'succeeded'))
    expect(await mostAtOnce(behalf, [id])).toBe(at_once)
  },
  60_000,
)

test('a job that was recorded as running here, and then cut off before it ran, is taken up again', async () => {
  cutOffAt = 'job recorded'
  expect((await call('Cut off')).status).toBe(500)
  await until(() => made().includes('Cut off'))
  const { body } = await behalf.owner.api('GET', `/jobs?recipe_id=${recipe}`)
  const job = await jobEnded(behalf.owner, body.data[0].id)
  expect(job.status).toBe('succeeded')
  expect(made().filter((name) => name === 'Cut off')).toHaveLength(1)
  expect(behalf.ctx.running.size).toBe(0)
})

test('a job’s end is notified when its caller waits in another process, and only then', async () => {
  const listener = new pg.Client({ connectionString: behalf.database.connectionString })
  await listener.connect()
  const heard: string[] = []
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''))
  await listener.query('listen behalf_job')
  try {
    const here = await call('Waited for here')
    const elsewhere = await invokeForAnotherProcess('Waited for elsewhere')
    await until(() => heard.includes(elsewhere))
    expect(heard).not.toContain(here.data.job_id)
  } finally {
    await listener.end()
  }
})

/** As if its caller waited on a connection to a process that is not this one. */
async function invokeForAnotherProcess(name: string): Promise<JobId> {
  const { workspaceId } = behalf.owner.person
  const { jobId } = await invoke(behalf.ctx, {
    id: newId('job'),
    program: await loadProgram(behalf.ctx.db, await loadRecipe(behalf.ctx.db, { workspaceId, recipeId: recipe })),
    workspaceId,
    person: null,
    origin: { surface: 'webhook', address: {} },
    input: { body: { name }, headers: {}, query: {} },
    delivery: { source: 'test', key: null, request: null },
    watched: true,
  })
  return jobId
}
