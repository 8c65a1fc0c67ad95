import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecipeId } from '../../src/core/ids.ts'
import type { TestPerson } from '../support/behalf.ts'
import { type DelegationStage, documentNaming, startDelegationStage } from '../support/delegation-stage.ts'
import { jobEnded, jobIn } from '../support/run.ts'
import { until } from '../support/until.ts'

let stage: DelegationStage
let bob: TestPerson
beforeAll(async () => {
  stage = await startDelegationStage()
  bob = await stage.addPerson('Bob Ortiz')
}, 60_000)
afterAll(() => stage?.stop())

const answer = (person: TestPerson, id: string | undefined, how: 'accept' | 'decline', body: object) =>
  person.api('POST', `/me/delegation_requests/${id}/${how}`, body)
const refusals = async (): Promise<number> => {
  const { body } = await stage.owner.api('GET', '/audit_events?action=access.refused')
  return body.data.length
}
const sharedWithAlice = (id: RecipeId) => stage.builder.api('PUT', `/recipes/${id}/runners`, { everyone: true })

test('delegation-by-another: neither another person, nor the builder, nor an owner answers for whose connection it is', async () => {
  const { id, call } = await stage.naming('Asked of Alice')
  const { body } = await call('by another')
  const asked = await stage.requestOf(id)
  for (const person of [bob, stage.builder, stage.owner]) {
    const before = await refusals()
    expect((await person.api('GET', '/me/delegation_requests')).body.data).toEqual([])
    for (const how of ['accept', 'decline'] as const) {
      const refused = await answer(person, asked?.id, how, { shown: asked?.shown })
      expect(refused).toMatchObject({ status: 404, body: { error: { code: 'delegation_request_not_found' } } })
    }
    expect(await refusals()).toBe(before + 2)
    const wanted = { connection_id: stage.alices, recipe_id: id, until: new Date(Date.now() + 60_000).toISOString() }
    expect((await person.api('POST', '/me/delegations', wanted)).status).toBe(404)
  }
  expect(await stage.stateOf(id)).toBe('asked')
  await jobIn(stage.alice, body.data.job_id, 'waiting_for_connection')
  expect(stage.made('by another')).toEqual([])
})

test('delegation-by-another: an API key answers for nobody, and a page of another site cannot answer as its person', async () => {
  const { id } = await stage.naming('Asked by a page')
  const asked = await stage.requestOf(id)
  const key = await stage.owner.api('POST', '/api_keys', {
    name: 'All',
    privileges: ['connections.create', 'recipes.edit'],
  })
  const path = new URL(`/api/me/delegation_requests/${asked?.id}/accept`, stage.url)
  const body = JSON.stringify({ shown: asked?.shown })
  const json = { 'content-type': 'application/json' }
  const byKey = await fetch(path, {
    method: 'POST',
    body,
    headers: { ...json, authorization: `Bearer ${key.body.data.token}` },
  })
  expect(byKey.status).toBe(403)
  const cookie = stage.alice.browser.jar.header(path) ?? ''
  const elsewhere = { ...json, cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect((await fetch(path, { method: 'POST', body, headers: elsewhere })).status).toBe(403)
  expect(await stage.stateOf(id)).toBe('asked')
})

test('delegation-by-another: leave is for what was shown; a recipe that changed between asking and accepting is looked at again', async () => {
  const { id, call } = await stage.naming('Changes meanwhile')
  const asked = await stage.requestOf(id)
  await stage.grow()
  const stale = await answer(stage.alice, asked?.id, 'accept', { shown: asked?.shown })
  expect(stale).toMatchObject({ status: 409, body: { error: { code: 'delegation_request_changed' } } })
  const { body } = await call('not for this')
  await jobIn(stage.alice, body.data.job_id, 'waiting_for_connection')
  // What was shown of one recipe is no leave for another.
  const other = await stage.naming('Another')
  const mixed = await answer(stage.alice, (await stage.requestOf(other.id))?.id, 'accept', { shown: asked?.shown })
  expect(mixed.body.error.code).toBe('delegation_request_changed')
  expect(stage.made('not for this')).toEqual([])
  expect((await stage.accept(id)).status).toBe(201)
  expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
})

test('delegation-by-another: what was answered, withdrawn, or belongs to a recipe that is gone cannot be accepted any more', async () => {
  const over = { status: 409, body: { error: { code: 'delegation_request_over' } } }
  const once = await stage.naming('Once')
  const asked = await stage.requestOf(once.id)
  expect((await stage.accept(once.id)).status).toBe(201)
  const [given] = (await stage.alice.api('GET', '/me/delegations')).body.data
  await stage.alice.api('DELETE', `/me/delegations/${given.id}`)
  expect(await answer(stage.alice, asked?.id, 'accept', { shown: asked?.shown })).toMatchObject(over)
  expect(await stage.stateOf(once.id)).not.toBe('delegated')
  for (const [name, end] of [
    ['Stopped', (id: RecipeId) => stage.builder.api('POST', `/recipes/${id}/stop`)],
    ['Deleted', (id: RecipeId) => stage.builder.api('DELETE', `/recipes/${id}`)],
  ] as const) {
    const { id } = await stage.naming(name)
    const request = await stage.requestOf(id)
    await end(id)
    expect(await answer(stage.alice, request?.id, 'accept', { shown: request?.shown })).toMatchObject(over)
    expect(await answer(stage.alice, request?.id, 'decline', {})).toMatchObject(over)
  }
})

test('delegation-by-another: a job that waits does nothing for a recipe that was stopped meanwhile', async () => {
  const stopped = await stage.naming('Stops while it waits')
  await sharedWithAlice(stopped.id)
  const first = (await stopped.call('of a stopped one')).body.data.job_id
  await stage.builder.api('POST', `/recipes/${stopped.id}/stop`)
  const wanted = {
    connection_id: stage.alices,
    recipe_id: stopped.id,
    until: new Date(Date.now() + 60_000).toISOString(),
  }
  expect((await stage.alice.api('POST', '/me/delegations', wanted)).status).toBe(201)
  expect((await jobEnded(stage.alice, first)).error_code).toBe('recipe_stopped')
  expect(stage.made('of a stopped one')).toEqual([])
})

test('delegation-by-another: accepted twice at once on two machines, its jobs go on once', async () => {
  const { id, call } = await stage.naming('Twice at once')
  const { body } = await call('twice')
  const other = await stage.startAnother()
  try {
    const statuses = (await Promise.all([stage.accept(id), stage.accept(id), stage.accept(id)])).map(
      ({ status }) => status,
    )
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
  } finally {
    await other.stop()
  }
  expect(stage.made('twice')).toEqual(['alice'])
})

test('delegation-by-another: leave for what a recipe does now moves no job on that began when it did something else', async () => {
  const { id, call } = await stage.naming('Did something else')
  const { body } = await call('something else')
  const { document, version } = (await stage.builder.api('GET', `/recipes/${stage.makes}`)).body.data
  const look = { kind: 'action', name: 'look', connection: 'crm', action: 'search_records', input: { type: 'Account' } }
  const changed = { document: { ...document, steps: [look] }, expected_version: version }
  expect((await stage.builder.api('PUT', `/recipes/${stage.makes}`, changed)).status).toBe(200)
  expect((await stage.accept(id)).status).toBe(201)
  const job = await jobEnded(stage.alice, body.data.job_id)
  expect(job).toMatchObject({ status: 'failed', error_code: 'recipe_changed_meanwhile' })
  expect(stage.made('something else')).toEqual([])
})

test('delegation-by-another: what a function does with a delegated connection is no answer for whoever calls the webhook', async () => {
  const make = async (document: object): Promise<{ id: RecipeId; url: string }> => {
    const place = { project_id: stage.projectId, environment: 'PROD' }
    const { id } = (await stage.builder.api('POST', '/recipes', { ...place, document })).body.data
    const started = await stage.builder.api('POST', `/recipes/${id}/start`)
    return { id, url: started.body.data.webhook_url }
  }
  const named = documentNaming('Names within', { ...stage, trigger: { kind: 'function', input: { type: 'object' } } })
  const secret = { kind: 'reply', name: 'tell', text: '', output: { made: '{{ steps.go }}', of: 'the private data' } }
  const within = await make({ ...named, steps: [{ ...secret, output: { of: 'nothing secret' } }] })
  const call = { kind: 'call', name: 'inner', recipe_id: within.id, input: {} }
  const reply = { kind: 'reply', name: 'answer', text: '', output: { inner: '{{ steps.inner }}' } }
  const trigger = { kind: 'webhook', respond: 'when_done' }
  const outer = await make({ name: 'Answers', trigger, steps: [call, reply] })
  const post = async () => {
    const response = await fetch(outer.url, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    return { status: response.status, text: await response.text() }
  }
  expect((await post()).text).toContain('nothing secret')
  // The function comes to name a connection after its caller was started.
  const document = { ...named, steps: [...(named as { steps: object[] }).steps, secret] }
  expect((await stage.builder.api('PUT', `/recipes/${within.id}`, { document, expected_version: 1 })).status).toBe(200)
  expect((await stage.accept(within.id)).status).toBe(201)
  const answered = await post()
  expect(answered.status).toBe(202)
  expect(answered.text).not.toContain('private')
  const { problems } = (await stage.builder.api('GET', `/recipes/${outer.id}`)).body.data
  expect(problems).toEqual([expect.objectContaining({ code: 'override_needs_private_answer' })])
})

test('delegation-by-another: of a person who has left nobody is asked, and what waits for them ends', async () => {
  const { id, call } = await stage.naming('Of who leaves')
  const { body } = await call('of who leaves')
  await jobIn(stage.owner, body.data.job_id, 'waiting_for_connection')
  await stage.owner.api('POST', `/people/${stage.alice.person.id}/deactivate`, {})
  const job = await until(async () => {
    const { data } = (await stage.owner.api('GET', `/jobs/${body.data.job_id}`)).body
    return data.finished_at && data
  })
  expect(job).toMatchObject({ status: 'cancelled', error_code: 'person_deactivated' })
  expect((await call('of who left')).body).toMatchObject({ error: { code: 'delegated_connection_unusable' } })
  expect(await stage.stateOf(id)).not.toBe('asked')
})
