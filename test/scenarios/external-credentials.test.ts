import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { type KeyStage, keySettings, startKeyStage } from '../support/key-stage.ts'
import { addProduct, broughtBy, type Product, type ProductServer, startProductServer } from '../support/product.ts'
import { addParent } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

let server: ProductServer
let stage: KeyStage
let product: Product
let recipe: string
beforeAll(async () => {
  server = await startProductServer()
  stage = await startKeyStage({ otherHosts: [server.host] })
  product = await addProduct(stage, server, 'Desk')
  recipe = (await stage.owner.api('GET', '/recipes')).body.data[0].id
}, 60_000)
afterAll(async () => {
  await stage?.stop()
  await server?.stop()
})

const keyOf = (name: string) => stage.application.keys.get(name) ?? ''
const offer = (externalId: string, parent: string = stage.parent) =>
  product.api('POST', '/connections/runtime_user_connections', { parent_id: parent, external_id: externalId })
const complete = (id: string, completion: string, externalId: string) =>
  product.api('POST', `/connections/runtime_user_connections/${id}/complete`, { completion, external_id: externalId })
const type = async (link: string, key: string) =>
  (await openBrowser().open(link)).click('Connect Acme Notes', { 'credential.key': key })
const grants = async () =>
  (await stage.database.db.selectFrom('grants').select('connection_id').execute()).map((row) => row.connection_id)
const statusOf = async (id: string) => (await product.api('GET', `/connections/${id}`)).body.data.status

test('what a product’s person typed is tried, and held sealed until the product confirms; then the job goes on', async () => {
  const asked = await product.api('POST', `/recipes/${recipe}/run`, { input: { text: 'Hi' }, external_id: 'alice' })
  expect(asked).toMatchObject({ status: 202, body: { data: { status: 'waiting_for_connection' } } })
  const wrong = await type(asked.body.data.connect_url, 'wrong-key')
  expect(wrong.text()).toContain('did not accept what you typed')
  const brought = broughtBy(await wrong.click('Connect Acme Notes', { 'credential.key': keyOf('alice') }))
  expect(brought.page.url.startsWith(server.origin)).toBe(true)
  expect(brought.page.url).not.toContain(keyOf('alice'))
  expect(await grants()).toEqual([])
  const [held] = await stage.database.db.selectFrom('held_answers').selectAll().execute()
  expect(held?.sealed_query?.includes(keyOf('alice'))).toBe(false)
  const { connectionId: id, completion } = brought
  expect((await complete(id, completion, 'alice')).body.data).toMatchObject({ outcome: 'connected', next_url: null })
  await until(() => stage.application.notes.some(({ person }) => person === 'alice'))
  const kept = await stage.database.db.selectFrom('held_answers').select('sealed_query').execute()
  expect(kept).toEqual([{ sealed_query: null }])
  expect((await complete(id, completion, 'alice')).body.error.code).toBe('completion_refused')
})

test('Alice types her key behind a link of Mallory’s, and her product confirms it as hers: it does not become his', async () => {
  const { id, url } = (await offer('mallory')).body.data
  const before = await grants()
  const { completion } = broughtBy(await type(url, keyOf('bob')))
  expect((await complete(id, completion, 'bob')).body.error.code).toBe('completion_refused')
  expect([await grants(), await statusOf(id)]).toEqual([before, 'pending'])
})

test('a key that is not good any more when the product confirms is not stored, and one of somebody else neither', async () => {
  const { id, url } = (await offer('carl')).body.data
  const { completion } = broughtBy(await type(url, keyOf('bob')))
  stage.application.failNext(1, 401)
  expect(await complete(id, completion, 'carl')).toMatchObject({
    status: 422,
    body: { error: { code: 'credential_refused' } },
  })
  const fresh = (await offer('carl')).body.data
  const taken = broughtBy(await type(fresh.url, keyOf('alice')))
  expect((await complete(id, taken.completion, 'carl')).body.error.code).toBe('account_in_use')
  expect(await statusOf(id)).toBe('pending')
})

test('only where the builder lets people type their own, at the link, on the page and when it is confirmed', async () => {
  const { id, url } = (await offer('dora')).body.data
  const { completion } = broughtBy(await type(url, keyOf('bob')))
  const closed = await addParent(stage, {
    name: 'Closed',
    connector: 'generic-http',
    settings: keySettings(stage.application.url),
  })
  expect(await offer('dora', closed)).toMatchObject({ status: 422, body: { error: { code: 'personal_not_possible' } } })
  await stage.owner.api('POST', `/recipes/${recipe}/stop`)
  expect((await stage.owner.api('PATCH', `/connections/${stage.parent}`, { personal_form: false })).status).toBe(204)
  const fresh = (await offer('erik')).body.error
  expect(fresh.code).toBe('personal_not_possible')
  expect((await complete(id, completion, 'dora')).body.error.code).toBe('credential_not_taken')
  expect(await statusOf(id)).toBe('pending')
})
