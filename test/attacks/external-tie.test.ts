import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import {
  type Answer,
  addProduct,
  type Brought,
  callerWith,
  connectInBrowser,
  type Product,
  type ProductServer,
  startProductServer,
} from '../support/product.ts'
import { consentAt, post, pressConnect } from '../support/trip.ts'

let server: ProductServer
let behalf: TestBehalf
let product: Product
let rival: Product
let alice: TestPerson
let parent: ConnectionId
let recipe: RecipeId
let ahead = 0
beforeAll(async () => {
  server = await startProductServer()
  behalf = await startTestBehalf({ otherHosts: [server.host], clock: () => new Date(Date.now() + ahead) })
  product = await addProduct(behalf, server, 'Desk')
  rival = await addProduct(behalf, server, 'Rival')
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  recipe = await behalf.addRecipe(createOpportunity(parent, true))
}, 60_000)
afterAll(async () => {
  await behalf?.stop()
  await server?.stop()
})

/** A link for a person of the product that nobody used yet. */
let offered: { id: string; url: string }
let exchanges: number
let count = 0
beforeEach(async () => {
  offered = (await offer(product, `mallory-${++count}`)).body.data
  exchanges = codesExchanged()
})

const offer = (by: Product, externalId: string): Promise<Answer> =>
  by.api('POST', '/connections/runtime_user_connections', { parent_id: parent, external_id: externalId })

const complete = (by: Product, { completion, connectionId }: Brought, externalId: string): Promise<Answer> =>
  by.api('POST', `/connections/runtime_user_connections/${connectionId}/complete`, {
    completion,
    external_id: externalId,
  })

const codesExchanged = (): number => behalf.crm.tokenRequests.authorization_code ?? 0

/** No code was exchanged, no account is bound to anybody, and the refusal is on record. */
async function expectNothingBound(answer: Answer, why: string): Promise<void> {
  expect(answer.status).toBe(403)
  expect(answer.body.error.code).toBe('completion_refused')
  const [event] = (await behalf.owner.api('GET', '/audit_events?action=connect.completion_refused')).body.data
  expect(event.details).toEqual({ why })
  await expectNoGrant()
}

async function expectNoGrant(): Promise<void> {
  expect(codesExchanged()).toBe(exchanges)
  const grants = await behalf.database.db
    .selectFrom('grants')
    .select('connection_id')
    .where('connection_id', '=', offered.id as ConnectionId)
    .execute()
  expect(grants).toEqual([])
}

test('external-tie: Alice opens a link of Mallory’s, and her product confirms it as hers: her account does not become his', async () => {
  const brought = await connectInBrowser(offered.url, 'Alice Ng')
  await offer(product, 'alice')
  await expectNothingBound(await complete(product, brought, 'alice'), 'another_person')
  const again = await complete(product, brought, `mallory-${count}`)
  await expectNothingBound(again, 'unknown_or_used')
})

test('external-tie: without the product’s confirmation nothing is exchanged', async () => {
  await connectInBrowser(offered.url, 'Alice Ng')
  await expectNoGrant()
})

test('external-tie: the key of another product confirms nothing', async () => {
  const brought = await connectInBrowser(offered.url, 'Alice Ng')
  await offer(rival, `mallory-${count}`)
  await expectNothingBound(await complete(rival, brought, `mallory-${count}`), 'another_namespace')
})

test('external-tie: a completion is worth one connection, once', async () => {
  const other = (await offer(product, `other-${count}`)).body.data
  const brought = await connectInBrowser(offered.url, 'Alice Ng')
  const astray = await complete(product, { ...brought, connectionId: other.id }, `mallory-${count}`)
  await expectNothingBound(astray, 'another_connection')
  const fresh = await product.api('GET', `/connections/runtime_user_connections/${offered.id}/get_oauth_url`)
  const good = await connectInBrowser(fresh.body.data.url, 'Alice Ng')
  const both = await Promise.all([1, 2, 3].map(() => complete(product, good, `mallory-${count}`)))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 403, 403])
  expect(codesExchanged()).toBe(exchanges + 1)
  await product.api('DELETE', `/connections/${offered.id}`)
})

test('external-tie: after a minute it is worth nothing', async () => {
  const brought = await connectInBrowser(offered.url, 'Alice Ng')
  ahead += 61_000
  await expectNothingBound(await complete(product, brought, `mallory-${count}`), 'lapsed')
})

test('external-tie: a link that was replaced confirms nothing any more', async () => {
  const brought = await connectInBrowser(offered.url, 'Alice Ng')
  await offer(product, `mallory-${count}`)
  await expectNothingBound(await complete(product, brought, `mallory-${count}`), 'visit_over')
})

test('external-tie: somebody who was shut out meanwhile is not connected', async () => {
  const brought = await connectInBrowser(offered.url, 'Alice Ng')
  await product.api('DELETE', `/people/external/mallory-${count}`)
  await expectNothingBound(await complete(product, brought, `mallory-${count}`), 'person_deactivated')
})

test('external-tie: only the browser whose click spent the link goes on, at our page and at the callback', async () => {
  const browser = openBrowser()
  const authorization = await pressConnect(browser, offered.url)
  const stranger = openBrowser()
  expect((await stranger.open(offered.url)).status).toBe(404)
  const form = { do: 'connect', connection: parent }
  expect((await post(stranger, offered.url, form)).status).not.toBe(200)
  const callback = await consentAt(browser, authorization, 'Alice Ng')
  const page = await stranger.open(callback)
  expect(page.status).toBe(403)
  expect(page.url).not.toContain('completion')
  expect((await browser.open(callback)).url).not.toContain('completion')
  await expectNoGrant()
})

test('external-tie: a link of a product opens nothing for a person here, and a person’s link nothing for a product', async () => {
  const token = new URL(offered.url).pathname.split('/').at(-1) ?? ''
  const page = await alice.browser.open(new URL(`/connect/l/${token}`, behalf.url))
  expect(page.status).toBe(403)
  await alice.say('create opportunity name: Hers')
  const own = new URL(await alice.prompt()).pathname.split('/').at(-1) ?? ''
  expect((await openBrowser().open(new URL(`/connect/external/${own}`, behalf.url))).status).toBe(404)
})

test('external-tie: a key acts as no person of the workspace, and as nobody of another product', async () => {
  const { id } = alice.person
  const identities = await behalf.database.db.selectFrom('identities').select('subject').execute()
  const subjects = [
    id,
    'alice@acme.test',
    'slack:T1:U1',
    'oidc:https://idp.example:1',
    ...identities.map((i) => i.subject),
  ]
  for (const subject of subjects) {
    const answer = await product.api('POST', `/recipes/${recipe}/run`, { input: { name: 'x' }, external_id: subject })
    expect(answer.body.data.person.id).not.toBe(id)
    expect(answer.body.data.person.name).toBe([...subject].slice(0, 100).join(''))
  }
  const theirs = await offer(product, 'u')
  const others = await offer(rival, 'u')
  expect(others.body.data.id).not.toBe(theirs.body.data.id)
  const connection = theirs.body.data.id
  for (const [method, path] of [
    ['GET', `/connections/${connection}`],
    ['POST', `/connections/${connection}/disconnect`],
    ['DELETE', `/connections/${connection}`],
    ['GET', `/connections/runtime_user_connections/${connection}/get_oauth_url`],
  ] as const)
    expect((await rival.api(method, path)).status).toBeGreaterThanOrEqual(403)
  expect(
    (await rival.api('GET', '/connections?external_id=u')).body.data.map((each: { id: string }) => each.id),
  ).toEqual([others.body.data.id])
})

test('external-tie: a job of one person is not shown under another’s name, nor to another product, nor without a name', async () => {
  const run = await product.api('POST', `/recipes/${recipe}/run`, { input: { name: 'Secret' }, external_id: 'owner' })
  const { id } = run.body.data
  await offer(rival, 'owner')
  await offer(product, 'somebody')
  expect((await product.api('GET', `/jobs/${id}?external_id=owner`)).body.data.input.value).toEqual({ name: 'Secret' })
  const others = [
    product.api('GET', `/jobs/${id}`),
    product.api('GET', `/jobs/${id}?external_id=somebody`),
    product.api('GET', `/jobs/${id}?external_id=unheard`),
    rival.api('GET', `/jobs/${id}?external_id=owner`),
    product.api('POST', `/jobs/${id}/cancel?external_id=somebody`),
    rival.api('POST', `/jobs/${id}/cancel?external_id=owner`),
  ]
  for (const answer of await Promise.all(others)) expect(answer.status).toBe(404)
  expect((await product.api('GET', '/jobs?external_id=somebody')).body.data).toEqual([])
})

test('external-tie: a key without a namespace acts as nobody’s people', async () => {
  const made = await behalf.owner.api('POST', '/api_keys', { name: 'Plain', privileges: ['recipes.run'] })
  const call = callerWith(behalf, made.body.data.token)
  const named = { input: { name: 'x' }, external_id: 'u' }
  for (const answer of [
    await call('POST', `/recipes/${recipe}/run`, named),
    await call('GET', '/connections?external_id=u'),
    await call('DELETE', '/people/external/u'),
    await call('GET', `/connections/runtime_user_connections/${offered.id}/get_oauth_url`),
  ])
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'namespace_needed' } } })
})
