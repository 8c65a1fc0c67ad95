import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connector } from '../../src/connectors/connector.ts'
import { ACCOUNT_COOKIE, type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { things } from '../support/things-connector.ts'
import { addParent, run } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

let server: AuthorizationServer
let behalf: TestBehalf
let alice: TestPerson
let asksForMore = false

/** Asks for a scope more when told to, which this server never grants. */
const growing: Connector<{ url: string }> = {
  ...things,
  authentication(settings) {
    const authentication = things.authentication(settings)
    if (authentication.kind !== 'oauth2') return authentication
    const more = asksForMore ? [{ name: 'more', description: 'Do more with things' }] : []
    const { server: oauth } = authentication
    // The server leaves out what it grants without being asked.
    const scopes = [...oauth.scopes.filter(({ name }) => name === 'things'), ...more]
    return { ...authentication, server: { ...oauth, scopesAreReported: true, scopes } }
  },
}

beforeAll(async () => {
  server = await startAuthorizationServer()
  behalf = await startTestBehalf({
    connectors: new Map([['things', growing as unknown as Connector]]),
    otherHosts: [new URL(server.url).host],
    consentPerRecipe: true,
  })
  const parent = await addParent(behalf, {
    name: 'Things',
    connector: 'things',
    settings: { url: server.url },
    ...server.client,
  })
  server.addRedirectUri(new URL(`/connect/callback/${parent}`, behalf.url).href)
  await behalf.addRecipe({
    name: 'Put thing',
    trigger: { kind: 'command', command: 'put thing', parameters: [{ name: 'name', type: 'text' }] },
    connections: { place: { connector: 'things', connection_id: parent, personal: true } },
    steps: [
      { kind: 'action', name: 'put', connection: 'place', action: 'put_thing', input: { name: '{{ trigger.name }}' } },
    ],
  })
  alice = await behalf.addPerson('Alice Ng')
  alice.browser.jar.set(server.url, ACCOUNT_COOKIE, 'alice')
})
afterAll(async () => {
  await behalf.stop()
  await server.stop()
})

test('names what is newly asked, and says at once when it was left out at the application', async () => {
  await run(alice, 'put thing name: First')
  await (await alice.browser.open(await alice.prompt())).click('Connect Things')
  await until(() => server.things.length === 1)
  asksForMore = true
  expect((await run(alice, 'put thing name: Second')).status).toBe('waiting_for_connection')
  const page = await alice.browser.open(await alice.prompt(1))
  const ask = (await alice.chat()).filter(({ kind }) => kind === 'ask').at(-1)
  expect(ask?.fields[0]?.value).toContain('New: Do more with things.')
  expect(page.text()).toMatch(/What is new: Things will ask whether Behalf may also: Do more with things/)
  expect(page.text()).not.toContain('Put things')
  const back = await page.click('Connect Things')
  expect(back.text()).toContain('something that is needed was left out')
  expect(back.buttons.map(({ label }) => label)).toContain('Connect Things')
  const { body } = await alice.api('GET', '/me/jobs')
  expect(body.data[0].status).toBe('waiting_for_connection')
  expect(server.things).toHaveLength(1)
  asksForMore = false
  const done = await alice.browser.open(back.url)
  expect(done.text()).toContain('Things is connected')
  await until(() => server.things.length === 2)
})
