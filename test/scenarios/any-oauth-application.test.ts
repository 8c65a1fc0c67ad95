import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { ACCOUNT_COOKIE, type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { addParent, childOf, countPrompts, run } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let server: AuthorizationServer
let parent: ConnectionId
let ahead = 0
beforeAll(async () => {
  server = await startAuthorizationServer()
  const clock = () => new Date(Date.now() + ahead)
  behalf = await startTestBehalf({ otherHosts: [new URL(server.url).host], clock, consentPerRecipe: true })
  parent = await addParent(behalf, {
    name: 'Acme',
    connector: 'generic-oauth2',
    settings: settings(),
    ...server.client,
  })
  server.addRedirectUri(new URL(`/connect/callback/${parent}`, behalf.url).href)
  await behalf.addRecipe(putThing(parent))
})
afterAll(async () => {
  await behalf.stop()
  await server.stop()
})

const settings = (scopes = 'things offline_access') => ({
  base_url: server.url,
  authorization_url: `${server.url}/authorize`,
  token_url: `${server.url}/token`,
  revocation_url: `${server.url}/revoke`,
  identity_url: `${server.url}/me`,
  issuer: server.url,
  account_id: 'sub',
  scopes,
})

function putThing(connectionId: string): object {
  return {
    name: 'Put thing',
    trigger: { kind: 'command', command: 'put thing', parameters: [{ name: 'name', type: 'text' }] },
    connections: { acme: { connector: 'generic-oauth2', connection_id: connectionId, personal: true } },
    steps: [
      {
        kind: 'action',
        name: 'put',
        connection: 'acme',
        action: 'send_request',
        input: { url: '/things', json: { name: '{{ trigger.name }}' } },
      },
      { kind: 'action', name: 'list', connection: 'acme', action: 'get', input: { url: '/things' } },
      { kind: 'reply', name: 'answer', text: 'Put {{ trigger.name }}.' },
    ],
  }
}

const put = (person: TestPerson, name: string) => run(person, `put thing name: ${name}`)
const things = () => server.things.map(({ account, thing }) => `${(thing as { name: string }).name}: ${account}`)
const answered = (person: TestPerson, name: string) =>
  until(async () => (await person.chat()).some(({ kind, text }) => kind === 'reply' && text === `Put ${name}.`))

async function openPrompt(person: TestPerson, account: string) {
  person.browser.jar.set(server.url, ACCOUNT_COOKIE, account)
  return person.browser.open(await person.prompt((await countPrompts(person)) - 1))
}

async function connected(account: string): Promise<TestPerson> {
  const person = await behalf.addPerson(account)
  await put(person, `First of ${account}`)
  await (await openPrompt(person, account)).click('Connect Acme')
  await answered(person, `First of ${account}`)
  return person
}

test('is connected by its URLs, under the name its builder gave it, with its scopes in words', async () => {
  const alice = await behalf.addPerson('alice')
  expect(await put(alice, 'One')).toMatchObject({ status: 'waiting_for_connection' })
  const page = await openPrompt(alice, 'alice')
  expect(page.text()).toContain('Use the permission “things”')
  expect(page.text()).toContain('Stay connected while you are away')
  const done = await page.click('Connect Acme')
  expect(done.text()).toContain('Acme is connected')
  expect(done.text()).toContain('as alice')
  await answered(alice, 'One')
  expect(things()).toContain('One: alice')
  expect(await childOf(alice)).toMatchObject({ account: { id: 'alice', label: 'alice', email: 'alice@acme.test' } })
})

test('is used again without asking, and its tokens are renewed', async () => {
  const bob = await connected('bob')
  const refreshes = () => server.tokenRequests.refresh_token ?? 0
  const before = refreshes()
  server.expireAccessTokens()
  expect(await put(bob, 'Two')).toMatchObject({ status: 'succeeded' })
  ahead += 280_000
  expect(await put(bob, 'Three')).toMatchObject({ status: 'succeeded' })
  expect(refreshes()).toBe(before + 2)
  expect(await countPrompts(bob)).toBe(1)
})

test('is revoked there when it is disconnected here', async () => {
  const carol = await connected('carol')
  expect(server.liveGrantsOf('carol')).toBe(1)
  const { id } = await childOf(carol)
  expect((await carol.api('POST', `/connections/${id}/disconnect`)).status).toBe(204)
  expect(server.liveGrantsOf('carol')).toBe(0)
  expect(await childOf(carol)).toMatchObject({ status: 'disconnected', revocation: { status: 'revoked' } })
})

test('asks for added scopes alone; every other change asks for everything anew', async () => {
  const dan = await connected('dan')
  const change = (wanted: object) => behalf.owner.api('PATCH', `/connections/${parent}`, { settings: wanted })
  expect((await change(settings('things offline_access openid'))).status).toBe(204)
  expect(await put(dan, 'Grown')).toMatchObject({ status: 'waiting_for_connection' })
  const page = await openPrompt(dan, 'dan')
  expect(page.text()).toContain('More is asked for than you gave access to')
  expect(page.text()).toContain('Know who you are')
  expect(page.text()).not.toContain('Stay connected')
  await page.click('Connect Acme')
  await answered(dan, 'Grown')
  expect((await change({ ...settings('things offline_access'), account_label: 'email' })).status).toBe(204)
  expect(await put(dan, 'Moved')).toMatchObject({ status: 'waiting_for_connection' })
  expect((await openPrompt(dan, 'dan')).text()).toContain('The connection was set up anew')
  expect((await change(settings())).status).toBe(204)
})

test('its scopes are asked for in the words of its builder, whose change asks nobody again', async () => {
  const eva = await connected('eva')
  const scope_texts = 'things = See and change your things; offline_access = Go on <b>while you sleep</b>'
  const worded = { ...settings(), scope_texts }
  expect((await behalf.owner.api('PATCH', `/connections/${parent}`, { settings: worded })).status).toBe(204)
  expect(await put(eva, 'Worded')).toMatchObject({ status: 'succeeded' })
  const finn = await behalf.addPerson('finn')
  await put(finn, 'Asked')
  const page = await openPrompt(finn, 'finn')
  expect(page.text()).toContain('See and change your things')
  expect(page.text()).not.toContain('Stay connected')
  expect(page.html).toContain('Go on &lt;b&gt;while you sleep&lt;/b&gt;')
  const change = async (scope_texts: string) =>
    (await behalf.owner.api('PATCH', `/connections/${parent}`, { settings: { ...settings(), scope_texts } })).body.error
  for (const wrong of ['things: See them', 'mail = Read mail', 'things = A; things = B', `things = ${'x'.repeat(201)}`])
    expect(await change(wrong)).toMatchObject({ details: { problems: [{ path: 'scope_texts' }] } })
})

test('says by field what is wrong with its settings', async () => {
  const wrong = {
    ...settings(),
    token_url: 'http://acme.test/token',
    account_id: 'a b',
    authorization_parameters: 'state=mine',
    expires_in: 'soon',
    origins: 'https://acme.test/path',
    token_header: 'Host',
  }
  const place = { name: 'Wrong', connector: 'generic-oauth2', project_id: behalf.projectId, environment: 'PROD' }
  const { status, body } = await behalf.owner.api('POST', '/connections', { ...place, settings: wrong, client_id: 'x' })
  expect([status, body.error.code]).toEqual([422, 'settings_invalid'])
  const paths = body.error.details.problems.map(({ path }: { path: string }) => path)
  expect(paths.sort()).toEqual([
    'account_id',
    'authorization_parameters',
    'expires_in',
    'origins',
    'token_header',
    'token_url',
  ])
  const noClient = await behalf.owner.api('POST', '/connections', { ...place, settings: settings() })
  expect(noClient.body.error.code).toBe('client_id_missing')
})

test('has presets for its wizard', async () => {
  const { body } = await behalf.owner.api('GET', '/connectors/generic-oauth2/presets')
  expect(body.data.find(({ name }: { name: string }) => name === 'asana')).toEqual({
    name: 'asana',
    label: 'Asana',
    settings: expect.objectContaining({ authorization_url: expect.stringMatching(/^https:\/\/app\.asana\.com\//) }),
    parts: [],
  })
  const { data: connectors } = (await behalf.owner.api('GET', '/connectors')).body
  const withPresets = connectors.filter(({ has_presets }: { has_presets: boolean }) => has_presets)
  expect(withPresets.map(({ name }: { name: string }) => name)).toEqual(['generic-oauth2'])
  expect((await behalf.owner.api('GET', '/connectors/nothing/presets')).body.data).toEqual([])
})
