import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecipeId } from '../../src/core/ids.ts'
import { admitHeld, firstInLine } from '../../src/jobs/admit-held.ts'
import { sweep } from '../../src/jobs/liveness.ts'
import { idsOf, type JobFilter } from '../../src/jobs/read-job.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'

let behalf: TestBehalf
let busy: RecipeId
let other: RecipeId

beforeAll(async () => {
  // A process that answers alone: no job runs, and nobody sweeps but the test.
  behalf = await startTestBehalf({ environment: { BEHALF_ROLE: 'web' } })
  const limited = (name: string) => ({
    name,
    trigger: { kind: 'webhook' },
    settings: { at_once: 2 },
    steps: [{ kind: 'reply', name: 'answer', text: 'Done.' }],
  })
  busy = await behalf.addRecipe(limited('Busy'))
  other = await behalf.addRecipe(limited('Other'))
  await behalf.ctx.dataKeys.take(behalf.owner.person.workspaceId, new Date())
})
afterAll(() => behalf.stop())

const explain = async (options: string, { sql: text, parameters }: { sql: string; parameters: readonly unknown[] }) => {
  const values = options.includes('generic_plan') ? [] : [...parameters]
  const { rows } = await behalf.database.pool.query(`explain (${options}) ${text}`, values)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

/** So many jobs of a recipe, an hour old, as they are recorded; held where it is limited. */
const seed = (count: number, { recipe, status, slot }: { recipe: RecipeId; status: string; slot: string | null }) =>
  sql`
    insert into jobs (id, workspace_id, recipe_id, recipe_version, status, private, surface, data_key_id, slots, created_at, finished_at)
    select concat('job_', ${status}::text, ${slot}::text, ${recipe}::text, n), ${behalf.owner.person.workspaceId}, ${recipe}, 1, ${status}, false, 'webhook',
      (select id from data_keys limit 1), case when ${slot}::text is not null then array[${slot}::text] end, now() - interval '1 hour',
      case when ${status} in ('succeeded', 'failed') then now() end
    from generate_series(1, ${count}::int) as n`.execute(behalf.database.db)

test('a page of the jobs in a rare state is read from an index, among any number of others, of all recipes and of one', async () => {
  await seed(20_000, { recipe: busy, status: 'succeeded', slot: null })
  await seed(1, { recipe: busy, status: 'failed', slot: null })
  await sql`analyze jobs`.execute(behalf.database.db)
  const planOf = (filter: Partial<JobFilter>) => {
    const query = idsOf(behalf.ctx, behalf.owner.person.workspaceId, { limit: 50, ...filter })
    return explain('generic_plan, costs off', query.compile())
  }
  for (const status of ['waiting_for_connection', 'waiting_for_answer', 'failed', 'cancelled', 'expired'] as const) {
    expect(await planOf({ status })).toContain('jobs_by_status')
    expect(await planOf({ status, recipeId: busy })).toContain('by_status')
  }
  for (const status of ['queued', 'running'] as const) expect(await planOf({ status })).toContain('jobs_unfinished')
  const { data } = (await behalf.owner.api('GET', '/jobs?status=failed')).body
  expect(data).toHaveLength(1)
})

test('of very many jobs that wait for a full place, those that wait for another are found without a look at them', async () => {
  const { db } = behalf.database
  await seed(5_000, { recipe: busy, status: 'queued', slot: busy })
  await seed(1, { recipe: other, status: 'queued', slot: other })
  await admitHeld(behalf.ctx)
  const admitted = await db
    .selectFrom('jobs')
    .select(['recipe_id', (row) => row.fn.countAll<string>().as('jobs')])
    .where('held', '=', false)
    .where('status', '=', 'queued')
    .groupBy('recipe_id')
    .orderBy('jobs')
    .execute()
  expect(admitted).toEqual([
    { recipe_id: other, jobs: '1' },
    { recipe_id: busy, jobs: '2' },
  ])
  await sql`analyze jobs`.execute(db)
  const plan = await explain('analyze, costs off, timing off', firstInLine([busy], new Date()).compile(db))
  expect(plan).not.toMatch(/Rows Removed by Filter: \d{3,}/)
})

test('a sweep rings once for each of very many jobs that nothing rings for', async () => {
  const { db } = behalf.database
  await sql`delete from graphile_worker._private_jobs`.execute(db)
  await seed(2_000, { recipe: other, status: 'queued', slot: null })
  const unheld = 2_003
  expect(await sweep(behalf.ctx)).toBe(unheld)
  expect(await sweep(behalf.ctx)).toBe(0)
  const { rows } = await sql`select distinct payload ->> 'id' from graphile_worker._private_jobs`.execute(db)
  expect(rows).toHaveLength(unheld)
})
