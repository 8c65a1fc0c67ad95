import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobId } from '../../src/core/ids.ts'
import { type Frame, nothingUnwritten } from '../../src/jobs/run.ts'
import { runSteps } from '../../src/jobs/run-steps.ts'
import type { Step } from '../../src/recipes/step.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { until } from '../support/until.ts'

const MEGABYTE = 1_000_000
const TIMES = 24

let behalf: TestBehalf
beforeAll(async () => {
  behalf = await startTestBehalf()
})
afterAll(() => behalf.stop())

const each = (steps: object[], more: object = {}) => ({
  kind: 'for_each',
  name: 'each',
  items: '{{ trigger.body.items }}',
  steps,
  ...more,
})
const says = { kind: 'reply', name: 'say', text: '{{ trigger.body.text }}' }

/** How the job of a webhook ended that was sent a megabyte, and a list of two dozen. */
async function run(name: string, ...steps: object[]) {
  const recipe = await behalf.addRecipe({ name, trigger: { kind: 'webhook' }, steps })
  const { url } = (await behalf.owner.api('POST', `/recipes/${recipe}/webhook`)).body.data
  const body = JSON.stringify({ text: 'x'.repeat(MEGABYTE), items: Array(TIMES).fill(0) })
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { job_id: id } = ((await answer.json()) as { data: { job_id: JobId } }).data
  // Its data is megabytes, and is not read again and again.
  const ended = behalf.database.db.selectFrom('jobs').selectAll().where('id', '=', id)
  return until(() => ended.where('finished_at', 'is not', null).executeTakeFirst(), 30_000)
}

test('expression-bomb: what a loop collects of all its times is bounded', async () => {
  const job = await run('Collects', each([{ ...says, text: '.' }], { collect: '{{ trigger.body.text }}' }))
  expect(job).toMatchObject({ status: 'failed', error_code: 'mapping_too_large' })
  const { body } = await behalf.owner.api('GET', `/jobs/${job.id}`)
  expect(body.data.error.value).toContain('steps[0].collect')
})

test('expression-bomb: what steps yield is written down before it is too much to hold', async () => {
  const job = await run('Says', each([says]))
  expect(job.status).toBe('succeeded')
  const { rows } = await sql<{ written: number }>`
    select count(distinct xmin::text)::int as written from job_steps where job_id = ${job.id}`.execute(
    behalf.database.db,
  )
  expect(rows[0]?.written).toBeGreaterThan(1)
})

test.each([
  ['yielded more than may be read again', { kept: 2 ** 30 }, 'job_too_large'],
  ['run more steps than may be', { stepsRun: 100_000 }, 'too_many_steps_run'],
])('expression-bomb: a job that has %s fails at its next step', async (_what, run, code) => {
  const job = { dataKey: null, program: { functions: new Map() } }
  const known = { job, stepsRun: 0, kept: 0, unwritten: nothingUnwritten(), positions: new Map(), recorded: new Map() }
  const frame = { run: { ...known, ...run }, prefix: '', masked: false } as unknown as Frame
  const progress = await runSteps(behalf.ctx, frame, [{ ...says, fields: [] } as Step])
  expect(progress).toMatchObject({ kind: 'failed', step: 'say', error: { code } })
})
