import { afterAll, beforeAll, expect, test } from 'vitest'
import { identitySubject, issuerFamily } from '../../src/people/resolve-identity.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { openBrowser } from '../support/browser.ts'
import { type SignInStage, startSignInStage } from '../support/sign-in-stage.ts'

let stage: SignInStage
let other: AuthorizationServer
beforeAll(async () => {
  other = await startAuthorizationServer()
  stage = await startSignInStage([new URL(other.url).host])
  await stage.addProvider(other, { label: 'Other ID', email_domains: ['other.test'] })
})
afterAll(async () => {
  await stage.stop()
  await other.stop()
})

test('same-user-id-other-workspace: alice of one issuer is not alice of another', async () => {
  await stage.signIn('alice')
  other.setClaims('alice', { email: 'alice@other.test', email_verified: true, name: 'Alice of Other' })
  const browser = openBrowser()
  await stage.signIn('alice', { browser, label: 'Other ID', server: other })
  expect(await stage.whoIs(browser)).toBe('Alice of Other')
  // Nor where the other issuer says her very address, of a domain that is not its own.
  other.setClaims('alice-2', { email: 'alice@acme.test', email_verified: true })
  expect((await stage.signIn('alice-2', { label: 'Other ID', server: other })).status).toBe(403)
})

test('same-user-id-other-workspace: no name at one issuer reads like one at another', () => {
  expect(identitySubject(issuerFamily('https://id.acme.test'), '8443:alice')).not.toBe(
    identitySubject(issuerFamily('https://id.acme.test:8443'), 'alice'),
  )
  expect(identitySubject(issuerFamily('https://id.acme.test'), 'Alice')).not.toBe(
    identitySubject(issuerFamily('https://id.acme.test'), 'alice'),
  )
})

test('same-user-id-other-workspace: a provider that is given another issuer forgets the former one’s people, and their sessions', async () => {
  const browser = openBrowser()
  const id = await stage.addProvider({ url: `${other.url}/gone`, client: other.client }, { label: 'Moved' })
  await stage.signIn('alice', { browser })
  expect(await stage.whoIs(browser)).toBe('Alice Ng')
  const moved = { issuer: 'https://id.other.test', client_id: 'another' }
  const path = `/sign-in-providers/${stage.providerId}`
  expect((await stage.owner.api('PATCH', path, moved)).body.error.code).toBe('client_secret_missing')
  expect(await stage.whoIs(browser)).toBe('Alice Ng')
  expect((await stage.owner.api('PATCH', path, { ...moved, client_secret: 'of the other' })).status).toBe(200)
  expect(await stage.whoIs(browser)).toBe(null)
  const left = stage.database.db
    .selectFrom('identities')
    .select('id')
    .where('subject', 'like', `oidc:${stage.server.url}:%`)
  expect(await left.execute()).toEqual([])
  expect((await stage.owner.api('DELETE', `/sign-in-providers/${id}`)).status).toBe(204)
})
