import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { purgeJobs } from '../../src/jobs/purge-jobs.ts'
import { createOpportunity, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import {
  addProduct,
  broughtBy,
  callerWith,
  connectInBrowser,
  isSigned,
  type Product,
  type ProductServer,
  startProductServer,
} from '../support/product.ts'
import { until } from '../support/until.ts'

let server: ProductServer
let behalf: TestBehalf
let product: Product
let parent: ConnectionId
let recipe: RecipeId
let ahead = 0
beforeAll(async () => {
  server = await startProductServer()
  behalf = await startTestBehalf({
    otherHosts: [server.host],
    consentPerRecipe: true,
    clock: () => new Date(Date.now() + ahead),
  })
  product = await addProduct(behalf, server, 'Acme Desk')
  parent = await behalf.addCrmParent()
  recipe = await behalf.addRecipe(createOpportunity(parent, true))
}, 60_000)
afterAll(async () => {
  await behalf?.stop()
  await server?.stop()
})

const offer = (externalId: string, more: object = {}) =>
  product.api('POST', '/connections/runtime_user_connections', { parent_id: parent, external_id: externalId, ...more })

const complete = (id: string, completion: string, externalId: string) =>
  product.api('POST', `/connections/runtime_user_connections/${id}/complete`, { completion, external_id: externalId })

/** Connects one of the product's people as somebody of the CRM; answers their connection. */
async function connected(externalId: string, as: string): Promise<string> {
  const { id, url } = (await offer(externalId)).body.data
  const { completion } = await connectInBrowser(url, as)
  expect((await complete(id, completion, externalId)).body.data).toEqual({ id, outcome: 'connected', next_url: null })
  return id
}

const run = (externalId: string, name: string, more: object = {}) =>
  product.api('POST', `/recipes/${recipe}/run`, { input: { name }, external_id: externalId, ...more })

const opportunity = (wanted: string) => behalf.crm.opportunities().find(({ name }) => name === wanted)

test('a person of a product connects from the product, and only its confirmation stores the grant', async () => {
  const first = await offer('u-1', { callback_url: `${server.origin}/notices`, name: 'CRM of u-1' })
  expect(first.status).toBe(201)
  const second = await offer('u-1', { callback_url: `${server.origin}/notices` })
  expect(second.body.data.id).toBe(first.body.data.id)
  expect(second.body.data.url).not.toBe(first.body.data.url)
  const exchanges = behalf.crm.tokenRequests.authorization_code ?? 0
  const { page, completion, connectionId } = await connectInBrowser(second.body.data.url, 'Alice Ng')
  expect(page.url.startsWith(`${server.origin}/back?of=Acme+Desk`)).toBe(true)
  expect(connectionId).toBe(second.body.data.id)
  expect(behalf.crm.tokenRequests.authorization_code ?? 0).toBe(exchanges)
  expect((await product.api('GET', `/connections/${connectionId}`)).body.data).toMatchObject({
    status: 'pending',
    name: 'CRM of u-1',
  })
  expect((await complete(connectionId, completion, 'u-1')).status).toBe(200)
  const shown = (await product.api('GET', `/connections/${connectionId}`)).body.data
  expect(shown).toMatchObject({ status: 'connected', parent_id: parent, surface: 'api', person: { name: 'u-1' } })
  const notice = await until(() => server.notices.at(-1))
  expect(notice.body).toMatchObject({
    type: 'runtime_user_connection',
    connection_id: connectionId,
    external_id: 'u-1',
    outcome: 'connected',
    error: null,
  })
  expect(isSigned(notice, product.secret)).toBe(true)
  expect(isSigned({ ...notice, text: `${notice.text} ` }, product.secret)).toBe(false)
})

test('lists show a product the own connections of the person it names, and no list shows them unasked', async () => {
  const id = await connected('u-2', 'Bob Ortiz')
  const filters = `parent_id=${parent}&external_id=u-2&folder_id=${behalf.projectId}&include_runtime_connections=true`
  const listed = await product.api('GET', `/connections?${filters}`)
  expect(listed.body.data.map((each: { id: string }) => each.id)).toEqual([id])
  expect((await product.api('GET', '/connections?external_id=never-heard-of')).body.data).toEqual([])
  expect((await product.api('GET', '/connections?include_runtime_connections=true')).status).toBe(403)
  const viewer = await product.newKey(['connections.view'])
  const parents = await viewer('GET', '/connections')
  expect(parents.body.data.map((each: { id: string }) => each.id)).toEqual([parent])
  const nobody = await behalf.database.db
    .selectFrom('identities')
    .select('id')
    .where('subject', 'like', '%never-heard-of')
    .execute()
  expect(nobody).toEqual([])
})

test('a run of a person who has not connected answers with their link, and goes on by itself', async () => {
  const asked = await run('u-3', 'Asked first', { callback_url: `${server.origin}/notices` })
  expect(asked.status).toBe(202)
  const { id, connect_url } = asked.body.data
  expect(asked.body.data).toMatchObject({ status: 'waiting_for_connection', person: { name: 'u-3' } })
  const { completion, connectionId } = await connectInBrowser(connect_url, 'Carol Diaz')
  expect((await complete(connectionId, completion, 'u-3')).body.data.outcome).toBe('connected')
  const job = await until(async () => {
    const { body } = await product.api('GET', `/jobs/${id}?external_id=u-3`)
    return body.data.status === 'succeeded' ? body.data : undefined
  })
  expect(job.result).toMatchObject({ kind: 'shown' })
  expect(opportunity('Asked first')?.owner).toBe('carol')
  const again = await run('u-3', 'Asked no more')
  expect(again.body.data).toMatchObject({ status: 'succeeded', connect_url: null })
})

test('an idempotency key is the person’s, and outlives the key that used it', async () => {
  const other = await product.newKey()
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'once' }
  const body = (externalId: string) => JSON.stringify({ input: { name: 'Once' }, external_id: externalId })
  const token = async () => (await behalf.owner.api('POST', '/api_keys', keyWanted())).body.data.token
  const send = async (authorization: string, externalId: string) => {
    const url = new URL(`/api/recipes/${recipe}/run`, behalf.url)
    const init = { method: 'POST', headers: { ...headers, authorization }, body: body(externalId) }
    // biome-ignore lint/suspicious/noExplicitAny: asserted on, field by field
    return (await (await fetch(url, init)).json()) as any
  }
  const [one, two] = [`Bearer ${await token()}`, `Bearer ${await token()}`]
  const first = await send(one, 'u-3')
  expect((await send(two, 'u-3')).data.id).toBe(first.data.id)
  expect((await send(two, 'u-1')).data.id).not.toBe(first.data.id)
  expect((await other('GET', `/jobs/${first.data.id}?external_id=u-3`)).status).toBe(200)
})

const keyWanted = () => ({ name: 'More', privileges: ['recipes.run'], namespace_id: product.id })

test('consent of a connected person to another recipe is asked in their browser, and confirmed by the product', async () => {
  const another = await behalf.addRecipe(createOpportunity(parent, true, 'make another'))
  const asked = await product.api('POST', `/recipes/${another}/run`, { input: { name: 'Let' }, external_id: 'u-3' })
  expect(asked.status).toBe(202)
  const page = await openBrowser().open(asked.body.data.connect_url)
  const { completion, connectionId } = broughtBy(await page.click('Let '))
  expect(opportunity('Let')).toBeUndefined()
  expect((await complete(connectionId, completion, 'u-3')).body.data.outcome).toBe('allowed')
  await until(() => opportunity('Let'))
})

test('Not now ends the job once the product has confirmed it', async () => {
  const asked = await run('u-4', 'Not now')
  const page = await openBrowser().open(asked.body.data.connect_url)
  const { completion, connectionId } = broughtBy(await page.click('Not now'))
  const before = await product.api('GET', `/jobs/${asked.body.data.id}?external_id=u-4`)
  expect(before.body.data.status).toBe('waiting_for_connection')
  expect((await complete(connectionId, completion, 'u-4')).body.data.outcome).toBe('declined')
  const after = await product.api('GET', `/jobs/${asked.body.data.id}?external_id=u-4`)
  expect(after.body.data.status).toBe('cancelled')
})

test('a product disconnects, reconnects by a fresh link, and deletes a connection of its own people', async () => {
  const id = (await product.api('GET', '/connections?external_id=u-3')).body.data[0].id
  expect((await product.api('POST', `/connections/${id}/disconnect`)).status).toBe(204)
  const asked = await run('u-3', 'After disconnecting')
  expect(asked.body.data.status).toBe('waiting_for_connection')
  const fresh = await product.api('GET', `/connections/runtime_user_connections/${id}/get_oauth_url`)
  const { completion, connectionId } = await connectInBrowser(fresh.body.data.url, 'Carol Diaz')
  expect(connectionId).toBe(id)
  expect((await complete(id, completion, 'u-3')).body.data.outcome).toBe('connected')
  await until(() => opportunity('After disconnecting'))
  expect((await product.api('DELETE', `/connections/${id}`)).status).toBe(204)
  expect((await product.api('GET', `/connections/${id}`)).status).toBe(404)
})

test('somebody who leaves the product is shut out: disconnected, revoked, and not connected anew', async () => {
  const id = (await product.api('GET', '/connections?external_id=u-2')).body.data[0].id
  expect((await product.api('DELETE', '/people/external/u-2')).status).toBe(204)
  expect((await product.api('DELETE', '/people/external/u-2')).status).toBe(204)
  expect((await product.api('GET', `/connections/${id}`)).body.data.status).toBe('disconnected')
  await until(() => behalf.crm.liveGrantsOf('bob') === 0)
  expect((await offer('u-2')).body.error.code).toBe('person_deactivated')
  expect((await run('u-2', 'Gone')).body.error.code).toBe('person_deactivated')
  expect((await product.api('DELETE', '/people/external/unknown')).status).toBe(404)
})

test('what does not fit is refused with what to do', async () => {
  const code = async (answer: ReturnType<typeof offer>) => (await answer).body.error.code
  expect(await code(offer('u-1', { folder_id: 'prj_00000000000000000000000000' }))).toBe('folder_mismatch')
  expect(await code(offer(' '))).toBe('external_id_invalid')
  expect(await code(product.api('POST', `/recipes/${recipe}/run`, { input: { name: 'x' } }))).toBe('external_id_needed')
  const plain = await behalf.owner.api('POST', '/api_keys', { name: 'Plain', privileges: ['recipes.run'] })
  const call = callerWith(behalf, plain.body.data.token)
  const wanted = { parent_id: parent, external_id: 'u-1' }
  expect(await code(call('POST', '/connections/runtime_user_connections', wanted))).toBe('namespace_needed')
  expect(await code(call('POST', `/recipes/${recipe}/run`, { input: { name: 'x' } }))).toBe('api_key_has_no_person')
  expect(await code(behalf.owner.api('GET', '/connections?external_id=u-1'))).toBe('namespace_needed')
  const greedy = { name: 'Greedy', privileges: ['people.edit'], namespace_id: product.id }
  expect(await code(behalf.owner.api('POST', '/api_keys', greedy))).toBe('namespace_privilege')
})

test('people and their connections outlive the key, and a restart', async () => {
  const id = (await product.api('GET', '/connections?external_id=u-1')).body.data[0].id
  const keys = await behalf.owner.api('GET', '/api_keys')
  const later = await product.newKey()
  for (const key of keys.body.data.filter((each: { namespace_id: string }) => each.namespace_id === product.id))
    await behalf.owner.api('DELETE', `/api_keys/${key.id}`)
  expect((await product.api('GET', '/connections?external_id=u-1')).status).toBe(401)
  await behalf.restart()
  expect((await later('GET', '/connections?external_id=u-1')).body.data[0].id).toBe(id)
  product.api = later
})

test('a notice is sent again with growing pauses until it is received, and given up after a day', async () => {
  const before = server.notices.length
  server.answers.push(500, 503)
  const { id, url } = (await offer('u-5', { callback_url: `${server.origin}/notices` })).body.data
  const page = await openBrowser().open(url)
  const { completion } = broughtBy(await page.click('Not now'))
  await complete(id, completion, 'u-5')
  await until(() => server.notices.length === before + 1)
  for (const count of [2, 3]) {
    ahead += 60_000
    await until(() => server.notices.length === before + count)
  }
  const tries = server.notices.slice(before)
  expect(new Set(tries.map(({ body }) => body.id)).size).toBe(1)
  expect(tries.every((each) => isSigned(each, product.secret))).toBe(true)
  expect(tries[0]?.body).toMatchObject({ outcome: 'declined', external_id: 'u-5', connection_id: id })
  await until(async () => {
    const rows = await behalf.database.db.selectFrom('notices').select('status').orderBy('id').execute()
    return rows.at(-1)?.status === 'delivered'
  })
})

test('the people of products are listed when they are asked for', async () => {
  const names = async (query: string): Promise<string[]> =>
    (await behalf.owner.api('GET', `/people${query}`)).body.data.map(({ name }: { name: string }) => name)
  expect(await names('')).toEqual(['Olivia Owner'])
  expect(await names('?kind=external')).toContain('u-1')
})

test('a deleted namespace shuts out its people and its keys', async () => {
  const gone = await addProduct(behalf, server, 'Gone')
  const wanted = { parent_id: parent, external_id: 'g-1' }
  await gone.api('POST', '/connections/runtime_user_connections', wanted)
  expect((await behalf.owner.api('DELETE', `/namespaces/${gone.id}`)).status).toBe(204)
  expect((await gone.api('GET', '/connections?external_id=g-1')).status).toBe(401)
  const people = await behalf.database.db.selectFrom('persons').select('status').where('name', '=', 'g-1').execute()
  expect(people).toEqual([{ status: 'deactivated' }])
  const listed = await behalf.owner.api('GET', '/namespaces')
  expect(listed.body.data.map((each: { name: string }) => each.name)).toEqual(['Acme Desk'])
  expect(JSON.stringify(listed.body)).not.toContain('bhs_')
})

test('the jobs of a product’s people go in their time, those that asked them among them', async () => {
  const { db } = behalf.database
  expect(await db.selectFrom('external_visits').select('visit_id').execute()).not.toEqual([])
  ahead = 401 * 24 * 60 * 60 * 1000
  await purgeJobs(behalf.ctx)
  ahead = 0
  const ended = db.selectFrom('jobs').select('id').where('finished_at', 'is not', null)
  expect(await ended.execute()).toEqual([])
})
