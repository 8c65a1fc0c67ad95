import * as oauth from 'openid-client'
import { afterEach, describe, expect, it } from 'vitest'
import {
  ACCOUNT_COOKIE,
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from './authorization-server.ts'
import { openBrowser } from './browser.ts'
import { startCallbackServer } from './callback-server.ts'
import { type OAuthClient, oauthClient } from './oauth-client.ts'

const started: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop()
})

async function start(options: AuthorizationServerOptions = {}): Promise<[AuthorizationServer, OAuthClient]> {
  const callback = await startCallbackServer()
  const server = await startAuthorizationServer({ ...options, redirectUris: [callback.url] })
  started.push(callback, server)
  const { client_id: clientId, client_secret: clientSecret } = server.client
  const client = await oauthClient({ issuer: server.url, clientId, clientSecret, redirectUri: callback.url })
  return [server, client]
}

const authorize = (client: OAuthClient, account = 'alice') =>
  client.authorize({ scope: 'things', parameters: { login_hint: account }, act: async (page) => page })
const use = (server: AuthorizationServer, token: string, init: RequestInit = {}) =>
  fetch(`${server.url}/things`, { ...init, headers: { authorization: `Bearer ${token}` } })

describe('the authorization server for tests', () => {
  it('consents at once as the account that is named, and records whose token was used', async () => {
    const [server, client] = await start()
    const { access_token, expires_in } = await authorize(client)
    expect(expires_in).toBe(300)
    await use(server, access_token, { method: 'POST', body: '{"a":1}' })
    expect(server.things).toEqual([{ account: 'alice', thing: { a: 1 } }])
    expect((await use(server, 'unknown')).status).toBe(401)
    expect(server.uses.map(({ account }) => account)).toEqual(['alice', null])
    const me = await fetch(`${server.url}/me`, { headers: { authorization: `Bearer ${access_token}` } })
    expect(await me.json()).toEqual({ sub: 'alice', email: 'alice@acme.test', name: 'alice' })
  })

  it('takes the account from the browser’s cookie, and asks for one when there is none', async () => {
    const [server, client] = await start()
    const browser = openBrowser()
    let landed = 0
    await client
      .authorize({
        scope: 'things',
        browser,
        act: async (page) => {
          landed = page.status
          return page
        },
      })
      .catch(() => {})
    expect(landed).toBe(400)
    for (const account of ['bob', 'carol']) {
      browser.jar.set(server.url, ACCOUNT_COOKIE, account)
      const { access_token } = await client.authorize({ scope: 'things', browser, act: async (page) => page })
      await use(server, access_token)
      expect(server.uses.at(-1)?.account).toBe(account)
    }
    browser.jar.set(server.url, ACCOUNT_COOKIE, 'deny')
    const denied = client.authorize({ scope: 'things', browser, act: async (page) => page })
    await expect(denied).rejects.toMatchObject({ error: 'access_denied' })
  })

  it('ends the grant when a refresh token is used twice, and when any token is revoked', async () => {
    const [server, client] = await start()
    const first = await authorize(client)
    const second = await oauth.refreshTokenGrant(client.config, first.refresh_token!)
    await expect(oauth.refreshTokenGrant(client.config, first.refresh_token!)).rejects.toThrow()
    expect((await use(server, second.access_token)).status).toBe(401)
    const third = await authorize(client)
    await oauth.tokenRevocation(client.config, third.access_token)
    await expect(oauth.refreshTokenGrant(client.config, third.refresh_token!)).rejects.toThrow()
    expect(server.revocations).toBe(1)
    expect(server.liveGrantsOf('alice')).toBe(0)
  })

  it('keeps one refresh token when it does not rotate', async () => {
    const [server, client] = await start({ rotate: false, accessTokenSeconds: 60 })
    const first = await authorize(client)
    const second = await oauth.refreshTokenGrant(client.config, first.refresh_token!)
    expect(second.refresh_token).toBe(first.refresh_token)
    expect(second.expires_in).toBe(60)
    expect(server.tokenRequests).toEqual({ authorization_code: 1, refresh_token: 1 })
  })

  it('loses an answer after carrying the request out, and fails before', async () => {
    const [server, client] = await start()
    const first = await authorize(client)
    server.failNext('token', 1, 503)
    await expect(oauth.refreshTokenGrant(client.config, first.refresh_token!)).rejects.toThrow()
    expect(server.liveGrantsOf('alice')).toBe(1)
    server.dropNextResponse('token')
    await expect(oauth.refreshTokenGrant(client.config, first.refresh_token!)).rejects.toThrow()
    expect(server.tokenRequests).toEqual({ authorization_code: 1, failed: 1, refresh_token: 1 })
    // The lost answer held the only good token: the old one is spent.
    await expect(oauth.refreshTokenGrant(client.config, first.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('says in the callback who it is, or what it is told to say', async () => {
    const [server, client] = await start()
    server.setCallbackIssuer('http://evil.test')
    await expect(authorize(client)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('unexpected "iss"') },
    })
    server.setCallbackIssuer(null)
    await expect(authorize(client)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('"iss" (issuer) missing') },
    })
    server.setCallbackIssuer(undefined)
    await expect(authorize(client)).resolves.toMatchObject({ scope: 'things' })
  })

  it('has no revocation endpoint, and wants no PKCE, when told so', async () => {
    const [server, client] = await start({ revocation: false, pkceRequired: false })
    expect(client.config.serverMetadata().revocation_endpoint).toBeUndefined()
    const query = new URLSearchParams({
      client_id: 'behalf',
      response_type: 'code',
      scope: 'things',
      login_hint: 'bob',
    })
    const page = await openBrowser().open(`${server.url}/authorize?${query}`)
    expect(new URL(page.url).searchParams.get('code')).toBeTypeOf('string')
  })
})
