import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { goOnWith } from '../../src/jobs/answer-question.ts'
import { continueJobs, lapseWaits } from '../../src/jobs/continue-jobs.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { hasBlockedQuery } from '../support/blocked-query.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn } from '../support/run.ts'
import { until } from '../support/until.ts'

const DAY_MS = 24 * 60 * 60 * 1000

let behalf: TestBehalf
let parent: ConnectionId
let recipe: RecipeId
let ahead = 0

// What lapses is looked for by the test alone: the server's own clock stands still.
const later = () => ({ ...behalf.ctx, clock: () => new Date(Date.now() + ahead) })

beforeAll(async () => {
  behalf = await startTestBehalf()
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  const choices = [{ label: 'Yes', value: 'yes' }]
  recipe = await behalf.addRecipe({
    name: 'Look, then ask',
    trigger: { kind: 'api' },
    connections: crmConnection(parent, true),
    steps: [
      {
        kind: 'action',
        name: 'look',
        connection: 'crm',
        action: 'run_soql',
        input: { query: 'select Id from Account' },
      },
      { kind: 'ask', name: 'sure', text: 'Really?', choices },
    ],
  })
})
afterAll(() => behalf.stop())

async function asked(person: TestPerson): Promise<{ id: JobId; link: string }> {
  const { body } = await person.api('POST', `/recipes/${recipe}/run`, { input: {}, wait_seconds: 0 })
  return { id: body.data.id, link: body.data.connect_url }
}

async function connect(person: TestPerson, as: string): Promise<void> {
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(person, body.data.url, as)
}

test('Not now, on a page that was left open, does not end a job that has gone on meanwhile', async () => {
  const alice = await behalf.addPerson('Alice Ng')
  const { id, link } = await asked(alice)
  const left = await alice.browser.open(link)
  await connect(alice, 'Alice Ng')
  await jobIn(alice, id, 'waiting_for_answer')
  expect((await left.click('Not now')).text()).not.toContain('has ended')
  await alice.api('POST', `/jobs/${id}/answer`, { step: 'sure', choice: 'yes' })
  await jobIn(alice, id, 'succeeded')
})

test('a job whose person connects in the instant in which it lapses goes on', async () => {
  const bob = await behalf.addPerson('Bob Ortiz')
  const { id } = await asked(bob)
  ahead = DAY_MS * 2
  const freed = { personId: bob.person.id, parentId: parent, recipeIds: [recipe] }
  let lapsing: Promise<number> | undefined
  await behalf.ctx.db.transaction().execute(async (tx) => {
    await continueJobs(behalf.ctx, tx, freed)
    lapsing = lapseWaits(later())
    await until(() => hasBlockedQuery(behalf.ctx.db))
  })
  await lapsing
  // Nobody did connect here, so it asks again.
  expect(await jobIn(bob, id, 'waiting_for_connection')).toMatchObject({ error_code: null })
  await bob.api('POST', `/jobs/${id}/cancel`)
})

test('a job whose person answers in the instant in which it lapses goes on', async () => {
  const carol = await behalf.addPerson('Carol Diaz')
  await connect(carol, 'Carol Diaz')
  const { id } = await asked(carol)
  await jobIn(carol, id, 'waiting_for_answer')
  ahead = DAY_MS * 2
  let lapsing: Promise<number> | undefined
  await behalf.ctx.db.transaction().execute(async (tx) => {
    await goOnWith(behalf.ctx, tx, { jobId: id, step: 'sure', output: { answered: true, choice: 'yes' } })
    lapsing = lapseWaits(later())
    await until(() => hasBlockedQuery(behalf.ctx.db))
  })
  await lapsing
  expect(await jobEnded(carol, id)).toMatchObject({ status: 'succeeded' })
})
