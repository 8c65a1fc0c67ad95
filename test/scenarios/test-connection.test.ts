import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'

let behalf: TestBehalf
let parent: ConnectionId
beforeAll(async () => {
  behalf = await startTestBehalf()
  parent = await behalf.addCrmParent()
}, 60_000)
afterAll(() => behalf?.stop())

const tried = async () => (await behalf.owner.api('POST', `/connections/${parent}/test`)).body.data

test('testing a connection says that it is not connected, whose account answers, and what is wrong', async () => {
  expect(await tried()).toMatchObject({ kind: 'failed', code: 'parent_not_connected' })
  await behalf.connectParent(parent, 'Bob Ortiz')
  expect(await tried()).toMatchObject({ kind: 'answered', account: { email: 'bob@acme.test' } })

  // Only the access token is gone at the application: the test renews it as any use would.
  behalf.crm.expireAccessTokens()
  expect(await tried()).toMatchObject({ kind: 'answered' })

  await behalf.crm.revokeGrantsOf('bob')
  const refused = await tried()
  expect(refused).toMatchObject({ kind: 'failed' })
  expect(refused.message).toMatch(/connect/i)

  const { body } = await behalf.owner.api('GET', `/connections/${parent}/uses`)
  expect(body.data.map(({ action, outcome }: { action: string; outcome: string }) => `${action} ${outcome}`)).toContain(
    'test succeeded',
  )
})

test('the guide to a connector is its README, and a name that is none leads nowhere', async () => {
  const guide = await behalf.owner.api('GET', '/connectors/salesforce/guide')
  expect(guide.body.data.text).toMatch(/^# Salesforce/)
  for (const name of ['abacus', '..', '%2e%2e%2f%2e%2e', 'salesforce%2f..%2fgithub']) {
    expect((await behalf.owner.api('GET', `/connectors/${name}/guide`)).status).toBe(404)
  }
})

test('a connection is made under the id whose redirect URI was registered before, once', async () => {
  const { owner, projectId, crm } = behalf
  const reserved = (await owner.api('POST', '/connections/reserve')).body.data
  expect(reserved.redirect_uri).toBe(`${behalf.url.origin}/connect/callback/${reserved.id}`)
  expect((await owner.api('GET', `/connections/${reserved.id}`)).status).toBe(404)
  const settings = { environment: 'custom', custom_domain: crm.url }
  const place = { project_id: projectId, environment: 'PROD', connector: 'salesforce', settings }
  const wanted = { ...place, id: reserved.id, name: 'Reserved', client_id: 'behalf', client_secret: 'secret' }
  const made = await Promise.all([owner.api('POST', '/connections', wanted), owner.api('POST', '/connections', wanted)])
  expect(made.map(({ status }) => status).sort()).toEqual([201, 409])
  expect((await owner.api('GET', `/connections/${reserved.id}`)).body.data.redirect_uri).toBe(reserved.redirect_uri)
})
