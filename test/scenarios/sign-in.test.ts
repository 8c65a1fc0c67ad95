import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator } from 'emulate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAuthorizationServer } from '../support/authorization-server.ts'
import { openBrowser } from '../support/browser.ts'
import { notices } from '../support/code-stage.ts'
import { type SignInStage, startSignInStage } from '../support/sign-in-stage.ts'

const VENDORS = {
  google: '',
  microsoft: '/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
  okta: '/oauth2/default',
} as const
type Vendor = keyof typeof VENDORS

let stage: SignInStage
const ports = new Map<string, number>()
beforeAll(async () => {
  for (const vendor of [...Object.keys(VENDORS), 'thin']) ports.set(vendor, await freePort())
  stage = await startSignInStage([...ports.values()].map((port) => `127.0.0.1:${port}`))
})
afterAll(() => stage.stop())

test('a person signs in at the provider and is the member with their verified e-mail address, who is told so', async () => {
  const browser = openBrowser()
  const page = await stage.signIn('alice', { browser, next: '/my/connections' })
  expect(new URL(page.url).pathname).toBe('/my/connections')
  expect(await stage.whoIs(browser)).toBe('Alice Ng')
  expect(await stage.audit('person.identity_linked')).toMatchObject([{ provider: stage.providerId, how: 'linked' }])
  expect(await notices(stage.alice, 1)).toMatchObject([
    expect.stringContaining('signed in through Acme ID for the first time'),
  ])
  // The next time they are known, whatever their address is by then.
  stage.server.setClaims('alice', { email: 'alice@elsewhere.test', email_verified: false })
  const another = openBrowser()
  await stage.signIn('alice', { browser: another })
  expect(await stage.whoIs(another)).toBe('Alice Ng')
  expect(await stage.audit('person.identity_linked')).toHaveLength(1)
})

test('a browser remembers who signed in, and how; its person sees it, and forgets it', async () => {
  const browser = openBrowser()
  await stage.signIn('bea', { browser })
  const sessions = async () =>
    (await browser.fetch(new URL('/api/me/sessions', stage.url))).json() as Promise<{ data: object[] }>
  const mine = await sessions()
  expect(mine.data).toMatchObject([{ signed_in_by: 'Acme ID', browser: 'Unknown browser', current: true }])
  const other = openBrowser()
  await stage.signIn('bea', { browser: other })
  const two = (await sessions()).data as { id: string; current: boolean }[]
  const { id } = two.find(({ current }) => !current) ?? { id: '' }
  const headers = { origin: stage.url.origin }
  expect(
    (await browser.fetch(new URL(`/api/me/sessions/${id}`, stage.url), { method: 'DELETE', headers })).status,
  ).toBe(204)
  expect(await stage.whoIs(other)).toBe(null)
  expect(await stage.whoIs(browser)).toBe('bea')
})

test('removing a provider ends the sessions made through it, and whom it named is linked anew by another', async () => {
  const gone = await startAuthorizationServer({ port: ports.get('thin') ?? 0, claimsInIdToken: false })
  const id = await stage.addProvider(gone, { label: 'Thin' })
  const browser = openBrowser()
  // What the ID token leaves out is read at the provider's own endpoint.
  await stage.signIn('cleo', { browser, label: 'Thin', server: gone })
  expect(await stage.whoIs(browser)).toBe('cleo')
  expect((await stage.owner.api('DELETE', `/sign-in-providers/${id}`)).status).toBe(204)
  expect(await stage.whoIs(browser)).toBe(null)
  expect((await openBrowser().open(new URL('/sign-in', stage.url))).text()).not.toContain('Thin')
  await stage.addProvider(gone, { label: 'Thin again' })
  await stage.signIn('cleo', { browser, label: 'Thin again', server: gone })
  expect(await stage.whoIs(browser)).toBe('cleo')
  await gone.stop()
  const page = await stage.signIn('cleo', { label: 'Thin again', server: gone })
  expect(page.status).toBe(502)
  expect(page.text()).toContain('Thin again cannot be used to sign in')
})

test.each(Object.keys(VENDORS) as Vendor[])('signs in at %s as emulated, by its own pages', async (vendor) => {
  const port = ports.get(vendor) ?? 0
  const url = `http://127.0.0.1:${port}`
  const user = {
    email: `${vendor}@acme.test`,
    login: `${vendor}@acme.test`,
    name: 'Vera Vendor',
    first_name: 'Vera',
    last_name: 'Vendor',
  }
  const client = { client_id: 'behalf', client_secret: 'a-secret' }
  const settings = { label: vendor, emails_are_vouched_for: vendor === 'microsoft' }
  const id = await stage.addProvider({ url: url + VENDORS[vendor], client }, settings)
  const redirect_uris = [new URL(`/sign-in/callback/${id}`, stage.url).href]
  const seed = {
    users: [user],
    oauth_clients: [{ ...client, name: 'Behalf', redirect_uris, auth_server_id: 'default' }],
  }
  const emulator = await createEmulator({ service: vendor, port, baseUrl: url, seed: { [vendor]: seed } })
  const tried = await stage.owner.api('POST', `/sign-in-providers/${id}/test`)
  expect(tried.body).toMatchObject({ data: { issuer: url + VENDORS[vendor] } })
  const browser = openBrowser()
  const page = await browser.open(new URL('/sign-in?next=/chat', stage.url))
  const theirs = await page.click(`Sign in with ${vendor}`)
  await theirs.click(theirs.buttons.find(({ label }) => label.includes(user.email))?.label ?? user.email)
  expect(await stage.whoIs(browser)).toBe('Vera Vendor')
  await emulator.close()
})

test.each([
  ['http://id.acme.test', 'sign_in_issuer_invalid'],
  ['ftp://id.acme.test', 'sign_in_issuer_invalid'],
  ['https://id.acme.test?tenant=acme', 'sign_in_issuer_invalid'],
  ['https://login.microsoftonline.com/common/v2.0', 'sign_in_issuer_invalid'],
  ['https://login.microsoftonline.com/organizations/v2.0', 'sign_in_issuer_invalid'],
  ['https://login.microsoftonline.com/{tenantid}/v2.0', 'sign_in_issuer_invalid'],
  ['no address', 'sign_in_issuer_invalid'],
])('the issuer %s is refused with %s', async (issuer, code) => {
  const { status, body } = await stage.owner.api('POST', '/sign-in-providers', { label: 'X', issuer, client_id: 'x' })
  expect([status, body.error.code]).toEqual([422, code])
})

test('a provider tells its redirect URI and never its secret; a second one of the same issuer, and no domain, are refused', async () => {
  const { data } = (await stage.owner.api('GET', '/sign-in-providers')).body
  const shown = data.find(({ id }: { id: string }) => id === stage.providerId)
  expect(shown).toMatchObject({
    redirect_uri: new URL(`/sign-in/callback/${stage.providerId}`, stage.url).href,
    links_owners: true,
  })
  expect(JSON.stringify(data)).not.toContain(stage.server.client.client_secret)
  const again = { label: 'Again', issuer: `${stage.server.url}/`, client_id: 'x' }
  expect((await stage.owner.api('POST', '/sign-in-providers', again)).body.error.code).toBe('sign_in_issuer_taken')
  const domains = { label: 'X', issuer: 'https://x.test', client_id: 'x', email_domains: ['acme'] }
  expect((await stage.owner.api('POST', '/sign-in-providers', domains)).body.error.code).toBe('email_domain_invalid')
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
