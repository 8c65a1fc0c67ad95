import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createByWebhook, createOne, crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId
let personal: RecipeId

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz', 'operator')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  personal = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'make one' }))
  const mine = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, mine.body.data.url, 'Alice Ng')
})
afterAll(() => behalf.stop())

const made = (name: string) => behalf.crm.opportunities().filter((each) => each.name === name)
const ended = async (person: TestPerson, name: string): Promise<JobId> => {
  const id = await startJob(person, personal, { name })
  await jobEnded(person, id)
  return id
}
const asNobody = (path: string, method = 'POST') =>
  fetch(new URL(`/api${path}`, behalf.url), { method, headers: { origin: behalf.url.origin } })
const audited = async (action: string) =>
  (await behalf.owner.api('GET', `/audit_events?action=${action}`)).body.data as { target_id: string }[]

async function rerun(person: TestPerson, id: string, key?: string) {
  const answer = await person.browser.fetch(new URL(`/api/jobs/${id}/rerun`, behalf.url), {
    method: 'POST',
    headers: { origin: behalf.url.origin, ...(key && { 'idempotency-key': key }) },
  })
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers is asserted on, field by field
  return { status: answer.status, body: (await answer.json()) as any }
}

const asking = (name: string, more: object) => ({
  name,
  trigger: { kind: 'api' },
  connections: {},
  steps: [
    { kind: 'ask', name: 'sure', text: 'Really?', choices: [{ label: 'Yes', value: 'yes' }], ...more },
    { kind: 'reply', name: 'answer', text: 'Done.' },
  ],
})

test('rerun: refused without authentication, and to everybody but the job’s person', async () => {
  const id = await ended(alice, 'Not theirs')
  expect((await asNobody(`/jobs/${id}/rerun`)).status).toBe(401)
  expect((await rerun(bob, id)).body.error.code).toBe('rerun_by_its_person')
  expect((await rerun(behalf.owner, id)).body.error.code).toBe('rerun_by_its_person')
  expect((await rerun(await behalf.addPerson('Mallory Member'), id)).body.error.code).toBe('job_not_found')
  expect(made('Not theirs')).toHaveLength(1)
})

test('rerun: the job’s person runs the latest version with the same input, once for each key', async () => {
  const id = await ended(alice, 'Again')
  const { body } = await behalf.owner.api('GET', `/recipes/${personal}`)
  const saved = { ...body.data.document, description: 'Changed since.' }
  await behalf.owner.api('PUT', `/recipes/${personal}`, { document: saved, expected_version: body.data.version })
  const answers = await Promise.all([1, 2, 3].map(() => rerun(alice, id, 'once')))
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
  const ids = new Set(answers.map(({ body }) => body.data.id))
  expect(ids.size).toBe(1)
  const job = await jobEnded(alice, answers[0]?.body.data.id)
  expect(job).toMatchObject({
    status: 'succeeded',
    recipe_version: body.data.version + 1,
    person: { name: 'Alice Ng' },
    private: true,
    input: { value: { name: 'Again' } },
  })
  expect(made('Again').map(({ owner }) => owner)).toEqual(['alice', 'alice'])
  expect((await audited('job.rerun')).filter(({ target_id }) => target_id === job.id)).toHaveLength(1)
})

test('rerun: a job that has not ended is not run again, and nobody is asked to', async () => {
  const id = await startJob(alice, await behalf.addRecipe(asking('Not yet', {})), {})
  await jobIn(alice, id, 'waiting_for_answer')
  const refused = { status: 409, body: { error: { code: 'job_not_ended' } } }
  expect(await rerun(alice, id)).toMatchObject(refused)
  expect(await bob.api('POST', `/jobs/${id}/ask-rerun`)).toMatchObject(refused)
  expect((await rerun(bob, id)).body.error.code).toBe('rerun_by_its_person')
  await alice.api('POST', `/jobs/${id}/cancel`)
  expect((await rerun(alice, id)).status).toBe(202)
})

test('rerun: everything is checked again', async () => {
  const id = await ended(alice, 'Checked')
  await behalf.owner.api('POST', `/recipes/${personal}/stop`)
  expect((await rerun(alice, id)).body.error.code).toBe('recipe_stopped')
  await behalf.owner.api('POST', `/recipes/${personal}/start`)
  await behalf.owner.api('PUT', `/recipes/${personal}/runners`, { everyone: false })
  expect((await rerun(alice, id)).body.error.code).toBe('recipe_not_shared')
  await behalf.owner.api('PUT', `/recipes/${personal}/runners`, { everyone: true })
  await behalf.ctx.db.updateTable('jobs').set({ sealed_input: null }).where('id', '=', id).execute()
  expect((await rerun(alice, id)).body.error.code).toBe('job_input_gone')
  expect(made('Checked')).toHaveLength(1)
})

test('rerun: a job that is nobody’s, by whoever may run and edit recipes, who does not get to see its data', async () => {
  const id = await behalf.addRecipe(createByWebhook(parent, 'Hooked'))
  const { body } = await behalf.owner.api('POST', `/recipes/${id}/webhook`)
  await fetch(body.data.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'By webhook' }),
  })
  await until(async () => made('By webhook').length === 1)
  const [job] = (await behalf.owner.api('GET', `/jobs?recipe_id=${id}`)).body.data
  expect((await rerun(bob, job.id)).status).toBe(403)
  const again = await rerun(behalf.owner, job.id, 'hook')
  expect(again.status).toBe(202)
  expect(await jobEnded(behalf.owner, again.body.data.id)).toMatchObject({ status: 'succeeded', person: null })
  expect(made('By webhook')).toHaveLength(2)
  expect((await bob.api('GET', `/jobs/${again.body.data.id}`)).body.data.input.kind).toBe('private')
  const scheduled = {
    ...createByWebhook(parent, 'Hooked'),
    trigger: { kind: 'api' },
    connections: {},
    steps: [{ kind: 'reply', name: 'a', text: 'A' }],
  }
  await behalf.owner.api('PUT', `/recipes/${id}`, { document: scheduled, expected_version: 1 })
  expect((await rerun(behalf.owner, job.id)).body.error.code).toBe('rerun_trigger_changed')
})

test('ask-rerun: its person is told once an hour, with a link and none of its data', async () => {
  const id = await ended(alice, 'Secret name')
  expect((await asNobody(`/jobs/${id}/ask-rerun`)).status).toBe(401)
  expect((await alice.api('POST', `/jobs/${id}/ask-rerun`)).status).toBe(403)
  expect((await bob.api('POST', `/jobs/${id}/ask-rerun`)).status).toBe(204)
  const line = await until(async () =>
    (await alice.chat()).find(({ kind, text }) => kind === 'notice' && /asks you/.test(text)),
  )
  expect(line).toMatchObject({
    text: 'Bob Ortiz asks you to run “make one” again. Only you can: look at the job first.',
    links: [{ url: new URL(`/jobs/${id}`, behalf.ctx.publicUrl).href }],
  })
  const more = await behalf.owner.api('POST', `/jobs/${id}/ask-rerun`)
  expect(more).toMatchObject({ status: 429, body: { error: { code: 'too_many_attempts' } } })
  expect((await audited('job.rerun_asked')).map(({ target_id }) => target_id)).toEqual([id])
})

test('share: for 24 hours whoever may view job data sees it, on record, until its person ends it', async () => {
  const id = await ended(alice, 'Shared name')
  const seenBy = async (person: TestPerson) => (await person.api('GET', `/jobs/${id}`)).body.data
  expect((await asNobody(`/jobs/${id}/share`)).status).toBe(401)
  expect((await bob.api('POST', `/jobs/${id}/share`)).status).toBe(404)
  expect((await seenBy(behalf.owner)).input.kind).toBe('private')
  const { body } = await alice.api('POST', `/jobs/${id}/share`)
  expect(Date.parse(body.data.shared_until) - Date.now()).toBeGreaterThan(23 * 60 * 60 * 1000)
  const seen = await seenBy(behalf.owner)
  expect(seen).toMatchObject({ shared_until: body.data.shared_until, input: { value: { name: 'Shared name' } } })
  await seenBy(behalf.owner)
  // Who may not view job data sees that it is shared, and no more.
  expect(await seenBy(bob)).toMatchObject({ shared_until: body.data.shared_until, input: { kind: 'private' } })
  expect((await alice.api('DELETE', `/jobs/${id}/share`)).status).toBe(204)
  expect(await seenBy(behalf.owner)).toMatchObject({ shared_until: null, input: { kind: 'private' } })
  for (const action of ['job.shared', 'job.share_ended', 'job.data_viewed'])
    expect((await audited(action)).map(({ target_id }) => target_id)).toEqual([id])
})

test('cancel: a job that waits for an answer, and one that waits for its next try, end at once and for good', async () => {
  const asks = await startJob(alice, await behalf.addRecipe(asking('Asks', {})), {})
  await jobIn(alice, asks, 'waiting_for_answer')
  expect((await alice.api('POST', `/jobs/${asks}/cancel`)).status).toBe(204)
  expect((await alice.api('POST', `/jobs/${asks}/answer`, { step: 'sure', choice: 'yes' })).body.error.code).toBe(
    'not_waiting_for_answer',
  )
  const wrong = {
    kind: 'action',
    name: 'wrong',
    connection: 'crm',
    action: 'create_record',
    input: { type: 'Opportunity', fields: { Nonsense: 1 } },
  }
  const tries = await startJob(
    alice,
    await behalf.addRecipe({
      name: 'Tries',
      trigger: { kind: 'api' },
      connections: crmConnection(parent, false),
      steps: [
        { kind: 'handle_errors', name: 'attempt', retries: 3, interval_seconds: 1, steps: [wrong], on_error: [] },
        { kind: 'reply', name: 'answer', text: 'Done.' },
      ],
    }),
    {},
  )
  const waiting = await until(async () => {
    const { data } = (await alice.api('GET', `/jobs/${tries}`)).body
    return data.not_before ? data : undefined
  })
  expect(waiting.status).toBe('queued')
  expect((await alice.api('POST', `/jobs/${tries}/cancel`)).status).toBe(204)
  const { steps } = await jobEnded(alice, tries)
  // The bell that rings for its next try is heard, and not heeded.
  await until(async () => (await sql`select from graphile_worker.jobs`.execute(behalf.ctx.db)).rows.length === 0)
  expect((await alice.api('GET', `/jobs/${tries}`)).body.data).toMatchObject({ status: 'cancelled', not_before: null })
  expect((await alice.api('GET', `/jobs/${tries}`)).body.data.steps).toHaveLength(steps.length)
  expect((await alice.api('POST', `/jobs/${tries}/cancel`)).body.error.code).toBe('job_ended')
  expect((await audited('job.cancelled')).filter(({ target_id }) => target_id === tries)).toHaveLength(1)
})
