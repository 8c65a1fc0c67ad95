import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createOne } from '../support/recipes.ts'
import { jobEnded, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

type Server = Awaited<ReturnType<TestBehalf['startAnother']>>

let ahead = 0
let folder: string
let behalf: TestBehalf
let another: Server
let alice: TestPerson
let recipe: RecipeId

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'behalf-keys-'))
  behalf = await startTestBehalf({
    environment: { BEHALF_SEALING_KEY: '', BEHALF_SEALING_KEY_FILE: join(folder, 'sealing.key') },
    clock: () => new Date(Date.now() + ahead),
  })
  another = await behalf.startAnother()
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  recipe = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'create one' }))
  alice = await behalf.addPerson('Alice Ng')
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, body.data.url, 'Alice Ng')
})
afterAll(async () => {
  await another.stop()
  await behalf.stop()
  await rm(folder, { recursive: true })
})

const key = async () => (await behalf.owner.api('GET', '/workspace/sealing-key')).body.data
const lines = async () => (await readFile(join(folder, 'sealing.key'), 'utf8')).trim().split('\n')

/** The versions of the keys that anything in the database is sealed with: every sealed column but those under a data key. */
async function versions(): Promise<number[]> {
  const { pool } = behalf.database
  const columns = await pool.query(
    `select c.table_name, c.column_name from information_schema.columns c
     where table_schema = 'public' and data_type = 'bytea' and column_name ~ '^(sealed|wrapped)' and table_name <> 'job_steps'
       and not exists (select from information_schema.columns key where key.table_name = c.table_name and key.column_name = 'data_key_id')`,
  )
  const found = new Set<number>()
  for (const { table_name, column_name } of columns.rows) {
    const { rows } = await pool.query(
      `select ${column_name} as sealed from ${table_name} where ${column_name} is not null`,
    )
    for (const { sealed } of rows) found.add(sealed.readUInt32BE(column_name === 'wrapped' ? 0 : 2))
  }
  return [...found].sort()
}

test('key-rotation-under-load: jobs on two servers go on, and afterwards nothing is sealed with the old key', async () => {
  const [old] = await lines()
  expect(await key()).toMatchObject({ version: 1, kept_in: 'file', rotation: null, steps: null })
  expect(await versions()).toEqual([1])
  const jobs: string[] = []
  let running = true
  const load = (async () => {
    for (let i = 0; running; i++) {
      // Tokens that were renewed meanwhile are sealed by whichever server renews them.
      if (i % 5 === 0) await behalf.crm.expireAccessTokens()
      const job = await startJob(alice, recipe, { name: `Under load ${i}` })
      jobs.push(job)
      await jobEnded(alice, job)
    }
  })()

  const begun = await behalf.owner.api('POST', '/workspace/sealing-key/rotate')
  expect(begun).toMatchObject({ status: 200, body: { data: { rotation: { from: 1, to: 2, done_at: null } } } })
  expect(await lines()).toHaveLength(2)
  expect((await stat(join(folder, 'sealing.key'))).mode & 0o777).toBe(0o600)
  expect(await behalf.owner.api('POST', '/workspace/sealing-key/rotate')).toMatchObject({ status: 409 })
  await until(async () => (await key()).version === 2, 20_000)
  await until(async () => (await key()).rotation.remaining === 0, 20_000)
  // The old key stays until what was under way has long ended.
  expect((await key()).rotation.done_at).toBeNull()
  ahead += 61_000
  await until(async () => (await key()).rotation.done_at !== null, 20_000)
  running = false
  await load

  expect(jobs.length).toBeGreaterThan(10)
  for (const job of jobs) expect(await jobEnded(alice, job)).toMatchObject({ status: 'succeeded' })
  expect(await versions()).toEqual([2])
  await until(async () => (await lines()).length === 1, 20_000)
  expect(await lines()).not.toContain(old)
  for (const { ctx } of [behalf, another]) {
    const wrapped = Buffer.concat([Buffer.from([0, 0, 0, 1]), randomBytes(60)])
    await until(() => ctx.keys.unwrap(wrapped, 'any').catch((error) => /not at hand/.test(error.message)))
  }
  const audit = await behalf.owner.api('GET', '/audit_events?limit=200')
  const actions = audit.body.data.map((each: { action: string }) => each.action)
  expect(actions).toEqual(
    expect.arrayContaining(['sealing_key.rotation_ordered', 'sealing_key.changed', 'sealing_key.former_taken_out']),
  )
  const after = await startJob(alice, recipe, { name: 'After' })
  expect(await jobEnded(alice, after)).toMatchObject({ status: 'succeeded' })
}, 90_000)
