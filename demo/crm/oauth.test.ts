import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as oauth from 'openid-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser } from '../../test/support/browser.ts'
import { allowAs, type CrmFixture, startCrmFixture } from './crm-fixture.ts'
import { type Crm, startCrm } from './start-crm.ts'

const SCOPE = 'api refresh_token'

let fixture: CrmFixture
let crm: Crm
beforeEach(async () => {
  fixture = await startCrmFixture()
  crm = fixture.crm
})
afterEach(() => fixture.stop())

const connect = (name = 'Alice Ng', scope = SCOPE) => fixture.client.authorize({ scope, act: allowAs(name) })
const refresh = (token: string) => oauth.refreshTokenGrant(fixture.client.config, token)

async function userOf(token: string, at = crm): Promise<{ status: number; name?: string }> {
  const response = await fetch(`${at.url}/services/oauth2/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) return { status: response.status }
  return { status: response.status, name: ((await response.json()) as { name: string }).name }
}

describe('the authorization server of the CRM', () => {
  it('gives a person who allows it a token of their own, with the instance and the identity as Salesforce names them', async () => {
    const tokens = await connect()
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: SCOPE, instance_url: crm.url })
    expect(tokens.id).toMatch(new RegExp(`^${crm.url}/id/00D\\w{15}/005\\w{15}$`))
    expect(tokens.issued_at).toMatch(/^\d{13}$/)
    expect(tokens.refresh_token).toBeTypeOf('string')
    expect(tokens).not.toHaveProperty('expires_in')
    expect(await userOf(tokens.access_token)).toEqual({ status: 200, name: 'Alice Ng' })
    const identity = await fetch(String(tokens.id), { headers: { authorization: `Bearer ${tokens.access_token}` } })
    expect(await identity.json()).toMatchObject({ display_name: 'Alice Ng', email: 'alice@acme.test' })
  })

  it('gives no refresh token to who did not ask to stay connected', async () => {
    expect(await connect('Alice Ng', 'api')).not.toHaveProperty('refresh_token')
  })

  it('says what is asked for in plain words, and names who asks and who is signed in', async () => {
    let asked = ''
    await fixture.client.authorize({
      scope: SCOPE,
      async act(page) {
        const consent = await page.click('Continue as Bob Ortiz')
        asked = consent.text()
        return consent.click('Allow')
      },
    })
    expect(asked).toContain('Allow Behalf to: Read and write your records Stay connected')
    expect(asked).toContain('Bob Ortiz')
  })

  it('asks a signed-in person for consent alone, and lets them be somebody else', async () => {
    const browser = openBrowser()
    await fixture.client.authorize({ scope: SCOPE, browser, act: allowAs('Alice Ng') })
    const again = await fixture.client.authorize({ scope: SCOPE, browser, act: (page) => page.click('Allow') })
    expect(await userOf(again.access_token)).toMatchObject({ name: 'Alice Ng' })
    const other = await fixture.client.authorize({
      scope: SCOPE,
      browser,
      act: async (page) => allowAs('Bob Ortiz')(await page.click('Not you?')),
    })
    expect(await userOf(other.access_token)).toMatchObject({ name: 'Bob Ortiz' })
    expect(await userOf(again.access_token)).toMatchObject({ name: 'Alice Ng' })
  })

  it('asks anew who is there when the application wants a fresh sign-in', async () => {
    const browser = openBrowser()
    await fixture.client.authorize({ scope: SCOPE, browser, act: allowAs('Alice Ng') })
    const tokens = await fixture.client.authorize({
      scope: SCOPE,
      browser,
      parameters: { prompt: 'login' },
      act: allowAs('Bob Ortiz'),
    })
    expect(await userOf(tokens.access_token)).toMatchObject({ name: 'Bob Ortiz' })
  })

  it('tells the application when a person denies, and says by whom the answer was issued', async () => {
    let answer = new URLSearchParams()
    const denied = fixture.client.authorize({
      scope: SCOPE,
      async act(page) {
        const landed = await (await page.click('Continue as Alice Ng')).click('Deny')
        answer = new URL(landed.url).searchParams
        return landed
      },
    })
    await expect(denied).rejects.toMatchObject({ error: 'access_denied' })
    expect(answer.get('iss')).toBe(crm.url)
    expect(crm.liveGrantsOf('alice')).toBe(0)
  })

  it('refuses an address it was not told, a request without PKCE, and a wrong verifier', async () => {
    const browser = openBrowser()
    const url = (more: object) =>
      `${crm.url}/services/oauth2/authorize?${new URLSearchParams({ client_id: 'behalf', response_type: 'code', scope: 'api', ...more })}`
    const [known = ''] = fixture.registered.redirect_uris
    const strange = await browser.open(url({ redirect_uri: `${known}/other`, code_challenge: 'a'.repeat(43) }))
    expect(strange.status).toBe(400)
    expect(strange.text()).toContain('invalid_redirect_uri')
    const bare = await browser.open(url({ redirect_uri: known }))
    expect(new URL(bare.url).searchParams.get('error')).toBe('invalid_request')
    const sent = await browser.open(url({ redirect_uri: known, code_challenge: 'a'.repeat(43) }))
    const code = new URL((await allowAs('Alice Ng')(sent)).url)
    const exchange = oauth.authorizationCodeGrant(fixture.client.config, code, { pkceCodeVerifier: 'b'.repeat(43) })
    await expect(exchange).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('learns a callback address while it runs', async () => {
    const [known = ''] = fixture.registered.redirect_uris
    const added = known.replace('/callback', '/connect/callback/con_1')
    const query = new URLSearchParams({ client_id: 'behalf', response_type: 'code', scope: 'api', redirect_uri: added })
    query.set('code_challenge', 'a'.repeat(43))
    const url = `${crm.url}/services/oauth2/authorize?${query}`
    expect((await openBrowser().open(url)).status).toBe(400)
    await crm.addRedirectUri('behalf', added)
    expect(new URL((await allowAs('Alice Ng')(await openBrowser().open(url))).url).pathname).toBe(
      '/connect/callback/con_1',
    )
  })
})

describe('a refresh token', () => {
  it('is replaced at every use', async () => {
    const first = await connect()
    const second = await refresh(first.refresh_token!)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second).toMatchObject({ instance_url: crm.url, scope: SCOPE })
    expect(await userOf(second.access_token)).toMatchObject({ name: 'Alice Ng' })
    expect(crm.tokenRequests).toEqual({ authorization_code: 1, refresh_token: 1 })
  })

  it('that is used a second time ends the whole grant', async () => {
    const first = await connect()
    const second = await refresh(first.refresh_token!)
    await expect(refresh(first.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(refresh(second.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await userOf(second.access_token)).toEqual({ status: 403 })
    expect(crm.liveGrantsOf('alice')).toBe(0)
  })

  it('outlives its access token, which dies when it is told to', async () => {
    const first = await connect()
    crm.expireAccessTokens()
    expect(await userOf(first.access_token)).toEqual({ status: 403 })
    expect(await userOf((await refresh(first.refresh_token!)).access_token)).toMatchObject({ status: 200 })
  })

  it('of one connection does not suffer when another of the same person ends', async () => {
    const [first, second] = [await connect(), await connect()]
    await oauth.tokenRevocation(fixture.client.config, first.refresh_token!)
    expect(await userOf(first.access_token)).toEqual({ status: 403 })
    expect(await userOf(second.access_token)).toMatchObject({ status: 200 })
  })
})

describe('revocation', () => {
  it.each(['refresh_token', 'access_token'] as const)('of the %s ends the grant with both tokens', async (which) => {
    const tokens = await connect()
    await oauth.tokenRevocation(fixture.client.config, tokens[which]!)
    expect(await userOf(tokens.access_token)).toEqual({ status: 403 })
    await expect(refresh(tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(crm.revocations).toBe(1)
  })

  it('needs the right secret when a client names itself, and says nothing of unknown tokens', async () => {
    const tokens = await connect()
    const send = (form: Record<string, string>) =>
      fetch(`${crm.url}/services/oauth2/revoke`, { method: 'POST', body: new URLSearchParams(form) })
    const wrong = await send({ token: tokens.access_token, client_id: 'behalf', client_secret: 'wrong' })
    expect(wrong.status).toBe(401)
    expect(await userOf(tokens.access_token)).toMatchObject({ status: 200 })
    expect((await send({ token: 'unknown' })).status).toBe(200)
    expect(crm.revocations).toBe(0)
  })

  it('by the person, under Connected apps, ends the grant', async () => {
    const browser = openBrowser()
    const tokens = await fixture.client.authorize({ scope: SCOPE, browser, act: allowAs('Alice Ng') })
    const apps = await browser.open(`${crm.url}/apps`)
    expect(apps.text()).toContain('Behalf')
    expect((await apps.click('Revoke')).text()).toContain('No application acts for you.')
    expect(await userOf(tokens.access_token)).toEqual({ status: 403 })
    await expect(refresh(tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('by one person does not reach the grant of another', async () => {
    const tokens = await connect('Bob Ortiz')
    const browser = openBrowser()
    await (await browser.open(crm.url)).click('Continue as Alice Ng')
    const bobs = await browser.fetch(`${crm.url}/apps/${await grantIdOf('Bob Ortiz')}/revoke`, { method: 'POST' })
    expect(bobs.status).toBe(303)
    expect(await userOf(tokens.access_token)).toMatchObject({ status: 200 })
    expect(await crm.revokeGrantsOf('bob')).toBe(1)
    expect(await userOf(tokens.access_token)).toEqual({ status: 403 })
  })
})

async function grantIdOf(name: string): Promise<string> {
  const page = await (await openBrowser().open(`${crm.url}/apps`)).click(`Continue as ${name}`)
  return page.forms.find(({ action }) => action.endsWith('/revoke'))!.action.split('/')[2]!
}

describe('a CRM with a data file', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'crm-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('keeps grants, records and callback addresses over a restart, and no token that can be read', async () => {
    const dataFile = join(directory, 'crm.json')
    const kept = await startCrmFixture({ dataFile })
    const tokens = await kept.client.authorize({ scope: SCOPE, act: allowAs('Alice Ng') })
    await fetch(`${kept.crm.url}/services/data/v62.0/sobjects/Opportunity`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ Name: 'Kept', StageName: 'Prospecting', CloseDate: '2030-01-31' }),
    })
    await kept.crm.addRedirectUri('behalf', 'https://behalf.test/callback')
    await kept.stop()
    const text = await readFile(dataFile, 'utf8')
    for (const token of [tokens.access_token, tokens.refresh_token!]) expect(text).not.toContain(token)

    const port = Number(new URL(kept.crm.url).port)
    const again = await startCrm({ dataFile, port, clients: [kept.registered] })
    try {
      expect(await userOf(tokens.access_token, again)).toMatchObject({ name: 'Alice Ng' })
      const next = await oauth.refreshTokenGrant(kept.client.config, tokens.refresh_token!)
      expect(await userOf(next.access_token, again)).toMatchObject({ name: 'Alice Ng' })
      expect(again.opportunities()).toMatchObject([{ name: 'Kept', owner: 'alice', createdBy: 'alice' }])
      expect(await again.addRedirectUri('behalf', 'https://behalf.test/callback')).toBe(true)
      expect(JSON.parse(await readFile(dataFile, 'utf8')).clients.behalf.redirect_uris).toHaveLength(2)
    } finally {
      await again.stop()
    }
  })

  it('leaves neither of two requests with a living grant that use one refresh token at the same moment', async () => {
    // Writing takes a moment, in which the second request arrives.
    const kept = await startCrmFixture({ dataFile: join(directory, 'crm.json') })
    try {
      const { refresh_token } = await kept.client.authorize({ scope: SCOPE, act: allowAs('Alice Ng') })
      const once = () => oauth.refreshTokenGrant(kept.client.config, refresh_token!)
      const results = await Promise.allSettled([once(), once()])
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      expect(won.length).toBeLessThan(2)
      for (const { access_token } of won) expect(await userOf(access_token, kept.crm)).toEqual({ status: 403 })
      expect(kept.crm.liveGrantsOf('alice')).toBe(0)
    } finally {
      await kept.stop()
    }
  })
})

describe('the endpoints for a script', () => {
  it('refuse whoever lacks the token, and register an application and its callback addresses', async () => {
    const other = await startCrm({ adminToken: 'the-admin-token' })
    const send = (method: string, path: string, body: object, token?: string) =>
      fetch(other.url + path, {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      })
    const client = { client_name: 'Script', client_secret: 'sixteen-characters', redirect_uris: [] }
    try {
      expect((await send('PUT', '/admin/clients/script', client)).status).toBe(401)
      expect((await send('PUT', '/admin/clients/script', client, 'wrong')).status).toBe(401)
      expect((await send('PUT', '/admin/clients/script', client, 'the-admin-token')).status).toBe(200)
      const uri = { redirect_uri: 'http://127.0.0.1:1/callback' }
      expect((await send('POST', '/admin/clients/script/redirect_uris', uri, 'the-admin-token')).status).toBe(200)
      expect((await send('POST', '/admin/clients/nobody/redirect_uris', uri, 'the-admin-token')).status).toBe(404)
      const page = await (await openBrowser().open(`${other.url}/setup`)).click('Continue as Carol Diaz')
      expect(page.forms.find(({ action }) => action === '/setup/script')?.fields).toContainEqual([
        'redirect_uris',
        'http://127.0.0.1:1/callback',
      ])
    } finally {
      await other.stop()
    }
  })
})

describe('ordered misbehaviour', () => {
  it('fails the next token request and no more, without using up the refresh token', async () => {
    const tokens = await connect()
    crm.failNextToken(1, 503, { 'retry-after': '1' })
    await expect(refresh(tokens.refresh_token!)).rejects.toThrow()
    await expect(refresh(tokens.refresh_token!)).resolves.toMatchObject({ instance_url: crm.url })
    expect(crm.tokenRequests).toEqual({ authorization_code: 1, failed: 1, refresh_token: 1 })
  })

  it('loses the answer to a token request that was carried out', async () => {
    const tokens = await connect()
    crm.dropNextTokenResponse()
    await expect(refresh(tokens.refresh_token!)).rejects.toThrow()
    await expect(refresh(tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(crm.tokenRequests.refresh_token).toBe(2)
  })
})
