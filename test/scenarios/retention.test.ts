import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { dueData, purgeJobs } from '../../src/jobs/purge-jobs.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

const DAY = 24 * 60 * 60 * 1000

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let recipe: string
let pastDays = 0

beforeAll(async () => {
  const clock = () => new Date(Date.now() + pastDays * DAY)
  behalf = await startTestBehalf({ clock, askForMs: 2000 * DAY })
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  recipe = await behalf.addRecipe(createOpportunity(parent, true))
})
afterAll(() => behalf.stop())

const sealedOf = (id: string) =>
  sql<{
    sealed: string
  }>`select (select num_nonnulls(sealed_address, sealed_input, sealed_result, sealed_error, input_shape)
      from jobs where id = ${id}) + (select count(*) from job_steps where job_id = ${id}
        and num_nonnulls(sealed_input, sealed_output, sealed_error, input_shape) > 0) as sealed`
    .execute(behalf.database.db)
    .then(({ rows }) => Number(rows[0]?.sealed))

test('the data of a finished job is erased in time, its row later; an unfinished job keeps both, however old', async () => {
  const bob = await behalf.addPerson('Bob Ortiz')
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, body.data.url, 'Alice Ng')
  const done = await startJob(alice, recipe, { name: 'Old' })
  await jobIn(alice, done, 'succeeded')
  const waiting = await startJob(bob, recipe, { name: 'Waits' })
  await jobIn(bob, waiting, 'waiting_for_connection')
  await purgeJobs(behalf.ctx)
  expect(await sealedOf(done)).toBeGreaterThan(2)

  pastDays = 91
  await purgeJobs(behalf.ctx)
  expect(await sealedOf(done)).toBe(0)
  expect(await sealedOf(waiting)).toBeGreaterThan(0)
  const kept = await behalf.database.db.selectFrom('jobs').selectAll().where('id', '=', done).executeTakeFirstOrThrow()
  expect(kept).toMatchObject({ status: 'succeeded', person_id: alice.person.id, recipe_id: recipe })
  const steps = await behalf.database.db.selectFrom('job_steps').select('step').where('job_id', '=', done).execute()
  expect(steps.map(({ step }) => step).sort()).toEqual(['answer', 'create'])

  pastDays = 401
  await purgeJobs(behalf.ctx)
  const left = await behalf.database.db.selectFrom('jobs').select(['id', 'status']).execute()
  expect(left).toEqual([{ id: waiting, status: 'waiting_for_connection' }])
  pastDays = 0
})

test('what was said in chat goes with the data of jobs: what was typed, and what they said', async () => {
  await behalf.addRecipe(createOpportunity(parent, false, 'make one'))
  await alice.say('make one Quince')
  await until(async () => (await alice.chat()).some(({ text }) => text === 'Created Quince.'))
  await purgeJobs(behalf.ctx)
  expect((await alice.chat()).map(({ text }) => text)).toContain('make one Quince')
  pastDays = 91
  await purgeJobs(behalf.ctx)
  pastDays = 0
  expect(await alice.chat()).toEqual([])
})

test('0 days keep everything', async () => {
  const keepAll = { keep_job_data_days: 0, keep_jobs_days: 0 }
  expect((await behalf.owner.api('PATCH', '/workspace/settings', keepAll)).status).toBe(200)
  const done = await startJob(alice, recipe, { name: 'Kept' })
  await jobEnded(alice, done)
  pastDays = 5000
  expect(await purgeJobs(behalf.ctx)).toBe(0)
  pastDays = 0
  expect(await sealedOf(done)).toBeGreaterThan(2)
})

test('two machines purge in batches, each job once, and what is due is found without looking at others', async () => {
  const { db } = behalf.database
  const { workspaceId } = behalf.owner.person
  await behalf.owner.api('PATCH', '/workspace/settings', { keep_job_data_days: 90, keep_jobs_days: 400 })
  // Most of them fresh, 2,500 due.
  await sql`
    insert into jobs (id, workspace_id, recipe_id, recipe_version, status, private, surface, data_key_id, input_shape, created_at, finished_at)
    select 'job_seed' || n, ${workspaceId}, ${recipe}, 1, 'succeeded', false, 'webhook', (select id from data_keys limit 1), '{}', at, at
    from (select n, now() - case when n % 8 = 0 then interval '100 days' else interval '1 day' end as at
      from generate_series(1, 20000) as n) as seed`.execute(db)
  await sql`analyze jobs`.execute(db)
  const before = new Date(Date.now() - 90 * DAY)
  const plan = await sql<{
    'QUERY PLAN': string
  }>`explain (analyze, costs off, timing off) ${dueData(workspaceId, before, 100)}`.execute(db)
  const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(text).toContain('jobs_to_purge')
  expect(text).not.toMatch(/Sort|Rows Removed/)
  const purged = await Promise.all([purgeJobs(behalf.ctx, 100), purgeJobs(behalf.ctx, 100)])
  expect(purged[0] + purged[1]).toBe(2500)
})
