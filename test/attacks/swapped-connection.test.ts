import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Crm, startCrm } from '../../demo/crm/start-crm.ts'
import { createConnection } from '../../src/commands/connections/change-connections.ts'
import type { ConnectionId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import { CLIENT, createOpportunity } from '../support/behalf.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, pressConnect, withParameter } from '../support/trip.ts'

/** The CRM of whoever attacks: its operator sees what is sent to its token endpoint. */
let evil: Crm
let stage: Stage
let evilParent: ConnectionId
beforeAll(async () => {
  evil = await startCrm({ clients: [{ ...CLIENT, client_name: 'Behalf', redirect_uris: [] }] })
  stage = await startStage({ otherHosts: [new URL(evil.url).host] })
  evilParent = await createConnection(stage.ctx, actorOf(stage.owner.person), {
    name: 'Evil',
    connector: 'salesforce',
    projectId: stage.projectId,
    environment: 'PROD',
    settings: { environment: 'custom', custom_domain: evil.url },
    clientId: CLIENT.client_id,
    clientSecret: CLIENT.client_secret,
  })
  const recipe = createOpportunity(evilParent, true) as { trigger: object }
  await stage.addRecipe({ ...recipe, name: 'Evil', trigger: { ...recipe.trigger, command: 'be robbed' } })
})
afterAll(async () => {
  await stage.stop()
  await evil.stop()
})

const redirectUri = (parent: ConnectionId): string => new URL(`/connect/callback/${parent}`, stage.url).href

/** Opens the callback in Alice's browser: neither CRM is sent the code. */
async function expectRefused(callback: URL, why: string): Promise<void> {
  const exchanges = stage.exchanges()
  const page = await stage.alice.browser.open(callback)
  expect(page.status).toBe(403)
  expect(stage.exchanges()).toBe(exchanges)
  expect(evil.tokenRequests).toEqual({})
  expect(await stage.bound()).toEqual([])
  expect((await stage.audit('connect.callback_refused')).at(-1)).toMatchObject({ why })
}

test('swapped-connection: the answer for one connection is refused at the redirect URI of another', async () => {
  const second = await stage.addCrmParent('Second')
  expect(redirectUri(second)).not.toBe(redirectUri(stage.parent))
  const link = await stage.ask(stage.alice, 'Swapped')
  const callback = await consentAt(stage.alice.browser, await pressConnect(stage.alice.browser, link), 'Alice Ng')
  const swapped = new URL(redirectUri(second))
  swapped.search = callback.search
  await expectRefused(swapped, 'swapped_connection')
  await expectRefused(callback, 'replayed')
  await stage.expectAliceCanConnect(link, 'Swapped')
})

test('swapped-connection: an answer that names another issuer is refused, its code not sent', async () => {
  const link = await stage.ask(stage.alice, 'Another issuer')
  const issuers = [evil.url, `${stage.crm.url}/`, stage.crm.url.replace('http:', 'https:'), '']
  for (const issuer of issuers) {
    const callback = await consentAt(stage.alice.browser, await pressConnect(stage.alice.browser, link), 'Alice Ng')
    expect(callback.searchParams.get('iss')).toBe(stage.crm.url)
    await expectRefused(withParameter(callback, 'iss', issuer), 'another_issuer')
  }
  const twice = await consentAt(stage.alice.browser, await pressConnect(stage.alice.browser, link), 'Alice Ng')
  twice.searchParams.append('iss', evil.url)
  await expectRefused(twice, 'another_issuer')
  await stage.expectAliceCanConnect(link, 'Another issuer')
})

/** Alice wants to connect at the evil CRM, which sends her on to the honest one, to get her code from there. */
async function mixUp(comesBackTo: ConnectionId): Promise<URL> {
  const before = (await stage.alice.chat()).filter(({ kind }) => kind === 'ask').length
  await stage.alice.say('be robbed name: Mixed up')
  const authorization = await pressConnect(stage.alice.browser, await stage.alice.prompt(before))
  expect(authorization.origin).toBe(evil.url)
  const onwards = new URL(authorization.pathname + authorization.search, stage.crm.url)
  return consentAt(stage.alice.browser, withParameter(onwards, 'redirect_uri', redirectUri(comesBackTo)), 'Alice Ng')
}

test('swapped-connection: mix-up, the honest server’s answer comes to its own redirect URI', async () => {
  await expectRefused(await mixUp(stage.parent), 'swapped_connection')
})

test('swapped-connection: mix-up, the honest server answers at the redirect URI of the evil one', async () => {
  // Somebody has been talked into registering it there.
  await stage.crm.addRedirectUri(CLIENT.client_id, redirectUri(evilParent))
  const callback = await mixUp(evilParent)
  expect(callback.searchParams.get('iss')).toBe(stage.crm.url)
  await expectRefused(callback, 'another_issuer')
})
