import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser } from '../test/support/browser.ts'
import { startCallbackServer } from '../test/support/callback-server.ts'
import { type GitHub, startGitHub } from './github.ts'

let callback: Awaited<ReturnType<typeof startCallbackServer>>
let directory: string
let github: GitHub
const start = (port = 0) =>
  startGitHub({
    port,
    dataFile: join(directory, 'github.json'),
    client: {
      client_id: 'behalf',
      client_secret: 'a-secret-of-the-test',
      name: 'Behalf',
      redirect_uris: [callback.url],
    },
  })

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'github-'))
  callback = await startCallbackServer()
  github = await start()
})
afterEach(async () => {
  await github.stop()
  await callback.stop()
  await rm(directory, { recursive: true })
})

async function connect(login: string, redirectUri = callback.url): Promise<string> {
  const query = new URLSearchParams({ client_id: 'behalf', redirect_uri: redirectUri, scope: 'repo', state: 's-1' })
  const page = await openBrowser().open(`${github.url}/login/oauth/authorize?${query}`)
  const landed = new URL((await page.click(login)).url)
  expect(landed.searchParams.get('state')).toBe('s-1')
  const response = await fetch(`${github.url}/login/oauth/access_token`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({
      client_id: 'behalf',
      client_secret: 'a-secret-of-the-test',
      code: landed.searchParams.get('code')!,
    }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

async function api(token: string, method: string, path: string, body?: object) {
  const response = await fetch(github.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: response.status, json: await response.json() }
}

describe('the emulated GitHub', () => {
  it.each(['alice', 'bob', 'carol'])('credits an issue and a comment to %s, whose token made them', async (login) => {
    const token = await connect(login)
    expect((await api(token, 'GET', '/user')).json).toMatchObject({ login, email: `${login}@acme.test` })
    const issue = await api(token, 'POST', '/repos/acme/website/issues', { title: 'The login page is blank' })
    expect(issue).toMatchObject({ status: 201, json: { number: 1, user: { login } } })
    const comment = await api(token, 'POST', '/repos/acme/website/issues/1/comments', { body: 'Seen again' })
    expect(comment).toMatchObject({ status: 201, json: { user: { login } } })
    expect((await api(token, 'GET', '/repos/acme/website/issues')).json).toHaveLength(1)
    expect(github.requests.at(-1)).toEqual({
      method: 'GET',
      path: '/repos/acme/website/issues',
      person: login,
      status: 200,
    })
  })

  it('refuses a token it never gave, and one that was ended', async () => {
    const token = await connect('bob')
    expect(await api('gho_unknown', 'GET', '/user')).toMatchObject({
      status: 401,
      json: { message: 'Bad credentials' },
    })
    expect(await github.revokeTokensOf('bob')).toBe(1)
    expect(await api(token, 'GET', '/user')).toMatchObject({ status: 401 })
  })

  it('answers only at the addresses it was told, and learns more while it runs', async () => {
    const added = callback.url.replace('/callback', '/connect/callback/con_1')
    const query = new URLSearchParams({ client_id: 'behalf', redirect_uri: added })
    const url = `${github.url}/login/oauth/authorize?${query}`
    expect((await openBrowser().open(url)).status).toBe(400)
    github.addRedirectUri(added)
    expect((await openBrowser().open(url)).status).toBe(200)
    expect(await connect('alice', added)).toMatch(/^gho_/)
  })

  it('knows the tokens it gave after a restart, and begins anew with everything else', async () => {
    const token = await connect('alice')
    await api(token, 'POST', '/repos/acme/website/issues', { title: 'Forgotten' })
    await github.stop()
    github = await start(Number(new URL(github.url).port))
    expect((await api(token, 'GET', '/user')).json).toMatchObject({ login: 'alice' })
    expect((await api(token, 'GET', '/repos/acme/website/issues')).json).toEqual([])
  })

  it('fails as many requests as were ordered', async () => {
    const token = await connect('alice')
    github.failNext(1, 503)
    expect((await api(token, 'GET', '/user')).status).toBe(503)
    expect((await api(token, 'GET', '/user')).status).toBe(200)
  })
})
