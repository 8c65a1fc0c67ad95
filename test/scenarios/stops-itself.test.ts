import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { jobEnded, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  await behalf.owner.api('PATCH', '/workspace/settings', { stop_after_failures: 3 })
})
afterAll(() => behalf.stop())

/** Fails by a mapping of its own where it is not given a word. */
const breaks = (name: string) => ({
  name,
  trigger: { kind: 'api', parameters: [{ name: 'word', type: 'text', required: false }] },
  steps: [{ kind: 'reply', name: 'answer', text: '{{= $uppercase(trigger.word ? trigger.word : 5) }}' }],
})

const run = async (id: string, input: object): Promise<string | null> =>
  (await jobEnded(alice, await startJob(alice, id, input))).error_code
const recipe = async (id: string) => (await behalf.owner.api('GET', `/recipes/${id}`)).body.data
const notices = async (name: string) =>
  (await behalf.owner.chat()).filter(({ text }) => text.includes(`“${name}” was stopped`))

test('a recipe that keeps failing for reasons of its own stops itself, and whoever made it is told once', async () => {
  const id = await behalf.addRecipe(breaks('Breaks'))
  for (const expected of ['started', 'started', 'stopped']) {
    expect(await run(id, {})).toBe('expression_broken')
    await until(async () => (await recipe(id)).status === expected)
  }
  expect((await recipe(id)).stopped_reason).toContain('3 times in a row')
  const { data } = (await behalf.owner.api('GET', '/recipes')).body
  expect(Date.parse(data.find((each: { id: string }) => each.id === id).stopped_at)).toBeLessThanOrEqual(Date.now())
  await until(async () => (await notices('Breaks')).length === 1)
  expect((await alice.chat()).some(({ text }) => text.includes('was stopped'))).toBe(false)

  // Started again, it counts anew.
  await behalf.owner.api('POST', `/recipes/${id}/start`)
  expect(await recipe(id)).toMatchObject({ stopped_reason: null, stopped_at: null })
  await run(id, {})
  await run(id, {})
  expect((await recipe(id)).status).toBe('started')
})

test('a success in between begins the count anew', async () => {
  const id = await behalf.addRecipe(breaks('Sometimes'))
  for (const input of [{}, {}, { word: 'fine' }, {}, {}]) await run(id, input)
  expect((await recipe(id)).status).toBe('started')
})

test('a person’s connection and an application that is down do not count', async () => {
  const id = await behalf.addRecipe(createOpportunity(parent, true, 'not its own'))
  for (let i = 0; i < 4; i++) {
    const job = await startJob(alice, id, { name: `Nobody ${i}` })
    await until(async () => (await alice.api('GET', `/jobs/${job}`)).body.data.status === 'waiting_for_connection')
    const { db } = behalf.database
    await db
      .updateTable('waits')
      .set({ expires_at: new Date(0) })
      .where('job_id', '=', job)
      .execute()
    expect((await jobEnded(alice, job)).error_code).toBe('not_connected_in_time')
  }
  expect((await recipe(id)).status).toBe('started')

  const off = await behalf.addRecipe(createOpportunity(parent, false, 'account gone'))
  behalf.crm.revokeGrantsOf('bob')
  behalf.crm.expireAccessTokens()
  for (let i = 0; i < 4; i++) expect(await run(off, { name: 'Gone' })).toBe('parent_not_connected')
  expect((await recipe(off)).status).toBe('started')
})
