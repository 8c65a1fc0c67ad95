import { afterAll, beforeAll, expect, test } from 'vitest'
import { countMovedRedirectUris } from '../../src/connections/moved-redirect-uris.ts'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { until } from '../support/until.ts'

const SECRET = 'a-secret-of-the-crm-client'

let behalf: TestBehalf
let owner: TestPerson
let alice: TestPerson
let parent: ConnectionId
let recipe: RecipeId
beforeAll(async () => {
  behalf = await startTestBehalf()
  owner = behalf.owner
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent('Acme Salesforce')
  await behalf.connectParent(parent, 'Bob Ortiz')
  recipe = await behalf.addRecipe({ ...createOpportunity(parent, true), name: 'Create opportunity' })
}, 60_000)
afterAll(() => behalf?.stop())

const wanted = () => ({
  name: 'Second',
  connector: 'salesforce',
  project_id: behalf.projectId,
  environment: 'DEV',
  settings: { environment: 'custom', custom_domain: behalf.crm.url },
  client_id: 'behalf',
  client_secret: SECRET,
})

test('connectors are listed with their forms as JSON Schema, and nothing of how they sign in', async () => {
  const { body } = await alice.api('GET', '/connectors')
  const salesforce = body.data.find(({ name }: { name: string }) => name === 'salesforce')
  expect(salesforce).toMatchObject({ label: 'Salesforce', personal: true, settings_schema: { type: 'object' } })
  const createRecord = salesforce.actions.find(({ name }: { name: string }) => name === 'create_record')
  expect(createRecord).toMatchObject({ idempotent: false, input_schema: { type: 'object' }, output_schema: {} })
  expect(JSON.stringify(body)).not.toContain('token_endpoint')
})

test('a parent says when this server’s address is another one than when it was set up, until somebody saves it, or connects it again', async () => {
  const { id } = (await owner.api('POST', '/connections', wanted())).body.data
  const changed = async () => (await owner.api('GET', `/connections/${id}`)).body.data.redirect_uri_changed
  const moved = { public_origin: 'https://behalf.old.test' }
  await behalf.database.db.updateTable('connections').set(moved).where('id', '=', id).execute()
  expect(await changed()).toBe(true)
  expect(await countMovedRedirectUris(behalf.ctx)).toBe(1)
  expect((await owner.api('PATCH', `/connections/${id}`, { name: 'Registered again' })).status).toBe(204)
  expect(await changed()).toBe(false)
  expect(await countMovedRedirectUris(behalf.ctx)).toBe(0)

  await behalf.database.db.updateTable('connections').set(moved).where('id', '=', id).execute()
  await behalf.crm.addRedirectUri('behalf', `${behalf.url.origin}/connect/callback/${id}`)
  await behalf.connectParent(id)
  expect(await changed()).toBe(false)
})

test('a parent is made, shows its redirect URI, is renamed, and never shows its secret', async () => {
  const made = await owner.api('POST', '/connections', wanted())
  expect(made.status).toBe(201)
  const { id } = made.body.data
  expect((await owner.api('PATCH', `/connections/${id}`, { name: 'Renamed' })).status).toBe(204)
  const read = await owner.api('GET', `/connections/${id}`)
  expect(read.body.data).toMatchObject({
    name: 'Renamed',
    environment: 'DEV',
    client_id: 'behalf',
    redirect_uri: `${behalf.url.origin}/connect/callback/${id}`,
    redirect_uri_changed: false,
    authorization_status: null,
    status: null,
    parent_id: null,
    person: null,
    children_count: 0,
    settings: { custom_domain: behalf.crm.url },
  })
  const list = await owner.api('GET', '/connections?connector=salesforce&limit=1')
  expect(list.body).toMatchObject({ data: [{ id }], next: id })
  expect(JSON.stringify([made.body, read.body, list.body])).not.toContain(SECRET)
  expect((await owner.api('DELETE', `/connections/${id}`)).status).toBe(204)
  expect((await owner.api('GET', `/connections/${id}`)).status).toBe(404)
})

test('a parent that does not fit is refused with what is wrong', async () => {
  for (const [change, code] of [
    [{ connector: 'abacus' }, 'connector_unknown'],
    [{ settings: { environment: 'moon' } }, 'settings_invalid'],
    [{ project_id: 'prj_01aaaaaaaaaaaaaaaaaaaaaaaa' }, 'project_not_found'],
    [{ name: ' ' }, 'request_invalid'],
  ] as const) {
    const { status, body } = await owner.api('POST', '/connections', { ...wanted(), ...change })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body.error.code).toBe(code)
  }
})

test('a person sees what their recipes will ask for, connects ahead of any run, and it is on show with its uses', async () => {
  const before = await alice.api('GET', '/me/connections')
  expect(before.body.data).toEqual([
    expect.objectContaining({
      parent_id: parent,
      connector_label: 'Salesforce',
      connection: null,
      recipes: [{ id: recipe, name: 'Create opportunity' }],
    }),
  ])
  const begun = await alice.api('POST', `/me/connections/${parent}/connect`, {})
  await connectAt(alice, begun.body.data.url, 'Alice Ng')
  const ran = await alice.api('POST', `/recipes/${recipe}/run`, { input: { name: 'Ahead' }, wait_seconds: 20 })
  expect(ran.body.data.status).toBe('succeeded')

  const { body } = await owner.api('GET', '/connections/runtime_user_connections?q=alice&status=connected')
  expect(body.data).toEqual([
    expect.objectContaining({
      parent_id: parent,
      person: { id: alice.person.id, name: 'Alice Ng', email: 'alice@acme.test', kind: 'member' },
      status: 'connected',
      authorization_status: null,
      redirect_uri: null,
      settings: {},
      connection_lost_at: null,
      revocation: null,
      account: expect.objectContaining({ email: 'alice@acme.test' }),
    }),
  ])
  const child = body.data[0].id
  for (const nobody of ['?q=zoe', '?status=lost', '?connector=github', `?person_id=${owner.person.id}`])
    expect((await owner.api('GET', `/connections/runtime_user_connections${nobody}`)).body.data).toEqual([])
  const uses = await owner.api('GET', `/connections/${child}/uses`)
  expect(uses.body.data).toEqual([
    expect.objectContaining({
      recipe: { id: recipe, name: 'Create opportunity' },
      job_id: ran.body.data.id,
      step: 'create',
      action: 'create_record',
      account_label: body.data[0].account.label,
      http_status: 201,
    }),
  ])
  const mine = await alice.api('GET', `/connections/${child}`)
  expect(mine.body.data.id).toBe(child)
  expect((await (await behalf.addPerson('Eve Member')).api('GET', `/connections/${child}`)).status).toBe(403)
})

test('what disconnecting would do is said first; then it ends here and at the application', async () => {
  const child = (await alice.api('GET', '/me/connections')).body.data[0].connection.id
  const foreseen = await alice.api('GET', `/connections/${child}/consequences?of=disconnect`)
  expect(foreseen.body.data).toMatchObject({
    recipes: [{ id: recipe, name: 'Create opportunity' }],
    jobs_waiting: 0,
    jobs_running: 0,
    children: 0,
  })
  expect(foreseen.body.data.sentences.length).toBeGreaterThan(0)
  const alive = behalf.crm.liveGrantsOf('alice')
  expect((await alice.api('POST', `/connections/${child}/disconnect`)).status).toBe(204)
  await until(() => behalf.crm.liveGrantsOf('alice') === alive - 1)
  const after = await alice.api('GET', '/me/connections')
  expect(after.body.data[0].connection).toMatchObject({
    id: child,
    status: 'disconnected',
    connection_lost_reason: 'Disconnected by its person.',
    revocation: { status: 'revoked' },
  })
  expect((await alice.api('DELETE', `/connections/${child}`)).status).toBe(204)
  expect((await alice.api('GET', '/me/connections')).body.data[0].connection).toBeNull()
})

test('deleting a parent says which recipes will stop, stops them with that reason, and its job list says why', async () => {
  await alice.api('POST', `/recipes/${recipe}/run`, { input: { name: 'Never' }, wait_seconds: 0 })
  const foreseen = await owner.api('GET', `/connections/${parent}/consequences?of=delete`)
  expect(foreseen.body.data).toMatchObject({ recipes: [{ id: recipe }], jobs_waiting: 1 })
  expect((await owner.api('DELETE', `/connections/${parent}`)).status).toBe(204)
  const stopped = await owner.api('GET', `/recipes/${recipe}`)
  expect(stopped.body.data).toMatchObject({
    status: 'stopped',
    stopped_reason: 'Its connection “Acme Salesforce” was deleted.',
  })
  expect(stopped.body.data.problems.map(({ code }: { code: string }) => code)).toContain('connection_deleted')
  const jobs = await owner.api('GET', `/jobs?recipe_id=${recipe}&status=failed`)
  expect(jobs.body.data).toEqual([expect.objectContaining({ error_code: 'parent_deleted' })])
})

test('a job is cancelled by its person while it waits, and not again', async () => {
  const other = await behalf.addCrmParent('Other Salesforce')
  await behalf.connectParent(other, 'Bob Ortiz')
  const waits = await behalf.addRecipe({ ...createOpportunity(other, true), name: 'Waits' })
  const { body } = await alice.api('POST', `/recipes/${waits}/run`, { input: { name: 'Cancelled' }, wait_seconds: 0 })
  expect(body.data.status).toBe('waiting_for_connection')
  expect((await alice.api('POST', `/jobs/${body.data.id}/cancel`)).status).toBe(204)
  const job = await alice.api('GET', `/jobs/${body.data.id}`)
  expect(job.body.data).toMatchObject({
    status: 'cancelled',
    error: { kind: 'shown', value: 'You cancelled it.' },
    result: null,
  })
  const again = await alice.api('POST', `/jobs/${body.data.id}/cancel`)
  expect([again.status, again.body.error.code]).toEqual([409, 'job_ended'])
})
