import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { createOpportunity, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import { addProduct, broughtBy, type Product, type ProductServer, startProductServer } from '../support/product.ts'
import { until } from '../support/until.ts'

let server: ProductServer
let elsewhere: ProductServer
let behalf: TestBehalf
let product: Product
let parent: ConnectionId
let recipe: RecipeId
beforeAll(async () => {
  server = await startProductServer()
  elsewhere = await startProductServer()
  behalf = await startTestBehalf({ otherHosts: [server.host] })
  product = await addProduct(behalf, server, 'Desk')
  parent = await behalf.addCrmParent()
  recipe = await behalf.addRecipe(createOpportunity(parent, true))
}, 60_000)
afterAll(async () => {
  await behalf?.stop()
  await server?.stop()
  await elsewhere?.stop()
})

/** Addresses that look like the product's, and are not. */
const strangers = (): string[] => [
  `${elsewhere.origin}/back`,
  'https://evil.example/back',
  `http://${server.host}@evil.example/`,
  `${server.origin}@evil.example/`,
  `${server.origin}.evil.example/`,
  `//${server.host}/back`,
  `https://${server.host}/back`,
  '/back',
  'javascript:alert(1)',
  'data:text/html,x',
  `http://user:pass@${server.host}/back`,
  `${server.origin}/back#fragment`,
  '',
]

test('open-redirect: a browser and a notice are sent to registered origins alone', async () => {
  for (const url of strangers())
    for (const name of ['redirect_url', 'callback_url']) {
      const wanted = { external_id: 'u-1', [name]: url }
      const made = await product.api('POST', '/connections/runtime_user_connections', { parent_id: parent, ...wanted })
      expect(made.body.error?.code, `${name} ${url}`).toBe('url_not_registered')
      const run = await product.api('POST', `/recipes/${recipe}/run`, { input: { name: 'x' }, ...wanted })
      expect(run.body.error?.code, `${name} ${url}`).toBe('url_not_registered')
    }
})

test('open-redirect: what comes with the browser changes nothing of where it is sent', async () => {
  const wanted = { parent_id: parent, external_id: 'u-1' }
  const { url } = (await product.api('POST', '/connections/runtime_user_connections', wanted)).body.data
  const page = await openBrowser().open(`${url}?redirect_url=https://evil.example/&next=https://evil.example/`)
  const back = await page.click('Not now', { redirect_url: 'https://evil.example/' })
  expect(new URL(back.url).origin).toBe(server.origin)
})

test('open-redirect: an origin that is taken back is not sent to any more, not by an older link’s address either', async () => {
  const other = await addProduct(behalf, server, 'Moving')
  const wanted = { parent_id: parent, external_id: 'm-1', redirect_url: `${server.origin}/back` }
  const made = await other.api('POST', '/connections/runtime_user_connections', wanted)
  const changed = { origins: ['https://new.example'], redirect_url: 'https://new.example/back' }
  expect((await behalf.owner.api('PATCH', `/namespaces/${other.id}`, changed)).status).toBe(200)
  const path = `/connections/runtime_user_connections/${made.body.data.id}/get_oauth_url`
  expect((await other.api('GET', path)).body.error.code).toBe('url_not_registered')
})

test('open-redirect: what is registered is an origin, https or this very machine, and the default is one of them', async () => {
  const register = async (origins: string[], redirect_url?: string) => {
    const wanted = { name: `N${Math.random()}`, origins, ...(redirect_url && { redirect_url }) }
    return (await behalf.owner.api('POST', '/namespaces', wanted)).body.error?.code
  }
  for (const origin of [
    'http://example.com',
    'https://a.example/path',
    'https://*.example',
    'javascript:1',
    'null',
    'x',
  ])
    expect(await register([origin]), origin).toBe('origin_invalid')
  expect(await register(['https://a.example'], 'https://b.example/back')).toBe('url_not_registered')
})

test('open-redirect: without an address there is nowhere to come back to, and nothing begins', async () => {
  const name = 'Nowhere'
  const made = await behalf.owner.api('POST', '/namespaces', { name, origins: [server.origin] })
  const key = { name, privileges: ['recipes.run'], namespace_id: made.body.data.id }
  const { token } = (await behalf.owner.api('POST', '/api_keys', key)).body.data
  const response = await fetch(new URL('/api/connections/runtime_user_connections', behalf.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ parent_id: parent, external_id: 'n-1' }),
  })
  expect(await response.json()).toMatchObject({ error: { code: 'redirect_url_missing' } })
})

test('open-redirect: a notice to a private address that is not allowed is given up unsent', async () => {
  const inner = await addProduct(behalf, elsewhere, 'Inner')
  const wanted = { parent_id: parent, external_id: 'i-1', callback_url: `${elsewhere.origin}/notices` }
  const { id, url } = (await inner.api('POST', '/connections/runtime_user_connections', wanted)).body.data
  const { completion } = broughtBy(await (await openBrowser().open(url)).click('Not now'))
  await inner.api('POST', `/connections/runtime_user_connections/${id}/complete`, { completion, external_id: 'i-1' })
  const notice = await until(async () => {
    const rows = await behalf.database.db.selectFrom('notices').selectAll().orderBy('id', 'desc').execute()
    return rows.find(({ status }) => status !== 'pending')
  })
  expect(notice.status).toBe('failed')
  expect(elsewhere.notices).toEqual([])
})
