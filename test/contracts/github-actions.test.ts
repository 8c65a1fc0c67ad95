import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { egressFetch } from '../../src/connections/egress-fetch.ts'
import { connector } from '../../src/connectors/github/index.ts'
import { oauthServer } from '../../src/connectors/github/oauth-server.ts'
import { makeEgress } from '../../src/server/egress.ts'
import { loopbackHttp } from '../support/loopback.ts'
import { boundTo, runAction } from './bound-to.ts'

const CALLBACK = 'http://127.0.0.1:1/connect/callback/con_1'
let github: Emulator
let settings: { host: string; api_path: string }

beforeAll(async () => {
  const port = await freePort()
  const host = `http://127.0.0.1:${port}`
  settings = { host, api_path: '/' }
  github = await createEmulator({
    service: 'github',
    port,
    baseUrl: host,
    seed: {
      tokens: { alices_token_of_sufficient_length: { login: 'alice', scopes: ['repo'] } },
      github: {
        // The emulator takes a token it does not know for the first of these.
        users: [{ login: 'nobody' }, { login: 'alice', name: 'Alice Ng', email: 'alice@acme.test' }],
        repos: [{ owner: 'alice', name: 'website' }],
        oauth_apps: [{ client_id: 'behalf', client_secret: 'secret', name: 'Behalf', redirect_uris: [CALLBACK] }],
      },
    },
  })
})
afterAll(() => github.close())

const asAlice = () => boundTo(connector, { settings, token: 'alices_token_of_sufficient_length' })

it('opens an issue as the person whose token it is', async () => {
  const input = { repository: 'alice/website', title: 'Broken', body: 'Steps', labels: ['bug'] }
  const issue = await runAction(connector, 'create_issue', input, asAlice())
  expect(issue).toMatchObject({ title: 'Broken', state: 'open', author: 'alice', labels: ['bug'] })
  expect(issue.url).toBe(`${settings.host}/alice/website/issues/${issue.number}`)
})

it('comments on it, by a number that came as text', async () => {
  const { number } = await runAction(connector, 'create_issue', { repository: 'alice/website', title: 'x' }, asAlice())
  const input = { repository: 'alice/website', number: String(number), body: 'Seen.' }
  const comment = await runAction(connector, 'comment_on_issue', input, asAlice())
  expect(comment).toMatchObject({ author: 'alice', url: expect.stringContaining(`/issues/${number}`) })
})

it('lists issues by state and label, up to the limit', async () => {
  for (const [title, label] of [
    ['a', 'ui'],
    ['b', 'ui'],
    ['c', 'api'],
  ] as const)
    await runAction(connector, 'create_issue', { repository: 'alice/website', title, labels: [label] }, asAlice())
  const list = async (more: object) => {
    const { issues } = await runAction(connector, 'list_issues', { repository: 'alice/website', ...more }, asAlice())
    return (issues as { title: string }[]).map(({ title }) => title).sort()
  }
  expect(await list({ labels: ['ui'] })).toEqual(['a', 'b'])
  expect(await list({ labels: ['ui'], state: 'closed' })).toEqual([])
  expect(await list({ limit: 1 })).toHaveLength(1)
})

it('says what GitHub refused', async () => {
  // The emulator lets everybody write, and knows every token: what else GitHub refuses is told in read-error.test.ts.
  const missing = runAction(connector, 'list_issues', { repository: 'alice/nothing' }, asAlice())
  await expect(missing).rejects.toMatchObject({ code: 'outside_not_found', httpStatus: 404 })
})

it('gets a token for a code, reads the account it is for, and reads a refusal as one', async () => {
  const parsed = connector.settings.parse(settings)
  const { token_endpoint, identity } = oauthServer(parsed)
  const config = new client.Configuration(
    { issuer: settings.host, token_endpoint },
    'behalf',
    undefined,
    client.ClientSecretPost('secret'),
  )
  client.allowInsecureRequests(config)
  config[client.customFetch] = egressFetch(makeEgress({ allowedPrivateHosts: [new URL(settings.host).host] }))
  const callback = await allow('alice')
  const tokens = await client.authorizationCodeGrant(config, callback, { expectedState: 's' })
  const request = boundTo(connector, { settings, token: tokens.access_token })
  const account = connector.readAccount((await request(identity)).json, { settings: parsed, shown: {} })
  expect(account).toMatchObject({ id: expect.stringMatching(/^\d+$/), label: 'alice', email: 'alice@acme.test' })

  const again = client.authorizationCodeGrant(config, callback, { expectedState: 's' })
  await expect(again).rejects.toMatchObject({ name: 'ResponseBodyError', error: 'invalid_grant' })
})

it('reads page after page, and leaves pull requests out', async () => {
  const asked: string[] = []
  await using server = await loopbackHttp((request, response) => {
    asked.push(request.url ?? '')
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'))
    const entries = Array.from({ length: page < 3 ? 100 : 7 }, (_, i) => entry(page * 1000 + i, i % 2 === 0))
    response.end(JSON.stringify(entries))
  })
  const request = boundTo(connector, { settings: { host: `http://${server.host}` }, token: 'x'.repeat(20) })
  const input = { repository: 'alice/website', limit: 500 }
  const { issues } = await runAction(connector, 'list_issues', input, request)
  expect(issues).toHaveLength(50 + 50 + 3)
  expect(asked).toHaveLength(3)
  expect(asked[0]).toMatch(/^\/api\/v3\/repos\/alice\/website\/issues\?/)
})

function entry(number: number, pull: boolean) {
  const issue = { number, title: 't', state: 'open', html_url: 'https://x.test/', created_at: '2026-11-03T10:00:00Z' }
  return { ...issue, user: null, labels: [{ name: null }, 'bug'], ...(pull && { pull_request: {} }) }
}

/** Presses the button of a person on the emulated consent page: where GitHub then sends the browser. */
async function allow(login: string): Promise<URL> {
  const form = { login, redirect_uri: CALLBACK, scope: 'repo read:user', state: 's', client_id: 'behalf' }
  const response = await fetch(`${settings.host}/login/oauth/callback`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  })
  return new URL(response.headers.get('location') ?? '')
}

/** The emulator takes a port, but tells its own address only when it is given one. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
