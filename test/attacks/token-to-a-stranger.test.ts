import { describe, expect, it } from 'vitest'
import { bindRequest } from '../../src/connections/request.ts'
import type { ActionRequest, Connector } from '../../src/connectors/connector.ts'
import { connector as genericHttp } from '../../src/connectors/generic-http/index.ts'
import { connector as genericOAuth } from '../../src/connectors/generic-oauth2/index.ts'
import { connector as github } from '../../src/connectors/github/index.ts'
import { connector as salesforce } from '../../src/connectors/salesforce/index.ts'
import { OutsideError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { makeEgress } from '../../src/server/egress.ts'
import type { Lookup } from '../../src/server/egress-connector.ts'
import { makeCertificate } from '../support/certificate.ts'
import { type Loopback, loopbackHttp } from '../support/loopback.ts'

const TOKEN = 'the-token-that-must-stay-at-home'

/** Listens, and would take whatever comes. */
const stranger = () => loopbackHttp((_request, response) => void response.end('{}'))

/** What carries a credential: named applications, and those whose addresses come from a builder or from a step's input. */
interface Holder {
  connector: Connector
  settings: unknown
  credential: { connectedBy: 'oauth2' | 'form'; accessToken: Secret }
  /** How the credential stands in the request that arrives. */
  arrives: string
}

const HTTP = { base_url: 'https://acme.test', test_path: '/me' }
const typed = { connectedBy: 'form', accessToken: new Secret(JSON.stringify({ key: TOKEN })) } as const
const given = { connectedBy: 'oauth2', accessToken: new Secret(TOKEN) } as const

const HOLDERS: [string, Holder][] = [
  ['GitHub', holder(github, {}, given, `Bearer ${TOKEN}`)],
  ['any OAuth 2.0', holder(genericOAuth, genericOAuth.settings.meta()?.examples, given, `Bearer ${TOKEN}`)],
  ['a key in a header', holder(genericHttp, HTTP, typed, TOKEN)],
  ['a key in the query', holder(genericHttp, { ...HTTP, authentication: 'api_key_in_query' }, typed, TOKEN)],
  ['a user name', holder(genericHttp, { ...HTTP, authentication: 'basic_key' }, typed, `Basic ${btoa(`${TOKEN}:`)}`)],
]

function holder(connector: unknown, settings: unknown, credential: Holder['credential'], arrives: string): Holder {
  const known = connector as Connector
  const [first] = [settings].flat()
  return { connector: known, settings: known.settings.parse(first), credential, arrives }
}

interface Binding {
  holder: Holder
  baseUrl: string
  allowedPrivateHosts: string[]
  lookup?: Lookup
  certificateAuthorities?: string[]
  timeoutMs?: number
}

function bind({ holder, baseUrl, timeoutMs = 5_000, ...options }: Binding) {
  const { connector, settings, credential } = holder
  const egress = makeEgress(options)
  return bindRequest({
    egress: (request) => egress({ ...request, timeoutMs }),
    connector,
    baseUrl: new URL(baseUrl),
    origins: [],
    settings,
    credential: () => credential,
    beforeEach: async () => undefined,
    onUnauthorized: async () => false,
  })
}

/** Expects one of our refusals, that the stranger was not even connected to, and that nothing tells the token. */
async function expectRefused(promise: Promise<unknown>, code: string, far: Loopback): Promise<void> {
  const error = await promise.then(
    (answer) => expect.fail(`it was answered: ${JSON.stringify(answer)}`),
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(OutsideError)
  expect(error).toMatchObject({ code, retryable: false })
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(TOKEN)
  expect(far.connections).toBe(0)
}

describe.each(HOLDERS)('%s', (_name, holder) => {
  describe('token-to-a-stranger: a URL in the input', () => {
    // The stranger is on the egress's allow-list, so that nothing but the check of the origin stands between it and the token.
    it.each([
      ['as it is', (port: number) => `http://127.0.0.1:${port}/`, 'origin_refused'],
      ['in decimal', (port: number) => `http://2130706433:${port}/`, 'origin_refused'],
      ['in hexadecimal', (port: number) => `http://0x7f000001:${port}/`, 'origin_refused'],
      ['in octal', (port: number) => `http://0177.0.0.1:${port}/`, 'origin_refused'],
      ['in full-width digits', (port: number) => `http://１２７.0.0.1:${port}/`, 'origin_refused'],
      ['as a name', (port: number) => `http://localhost:${port}/`, 'origin_refused'],
      ['as IPv6', (port: number) => `http://[::1]:${port}/`, 'origin_refused'],
      ['as IPv4 within IPv6', (port: number) => `http://[::ffff:127.0.0.1]:${port}/`, 'origin_refused'],
      ['without a protocol', (port: number) => `//127.0.0.1:${port}/`, 'request_refused'],
      ['with backslashes', (port: number) => `\\\\127.0.0.1:${port}\\`, 'request_refused'],
      ['behind a backslash', (port: number) => `/\\127.0.0.1:${port}/`, 'request_refused'],
      ['behind a tab', (port: number) => `/\t/127.0.0.1:${port}/`, 'request_refused'],
      ['behind a user name', (port: number) => `http://github.com@127.0.0.1:${port}/`, 'request_refused'],
      ['within a blob', (port: number) => `blob:http://127.0.0.1:${port}/x`, 'request_refused'],
    ])('%s', async (_how, url, code) => {
      await using far = await stranger()
      await using home = await stranger()
      const request = bind({
        holder,
        baseUrl: `http://${home.host}`,
        allowedPrivateHosts: [home.host, far.host, `localhost:${far.port}`],
      })
      await expectRefused(request({ method: 'GET', url: url(far.port) }), code, far)
      for (const action of holder.connector.actions.filter(({ recipient }) => recipient === 'url')) {
        const input = action.input.parse({ url: url(far.port) })
        await expectRefused(
          Promise.resolve(action.run({ input, request, idempotencyKey: 'key', settings: {} })),
          code,
          far,
        )
      }
      expect(home.connections).toBe(0)
    })

    it('as a port or a user name that is glued to the base URL', async () => {
      await using far = await stranger()
      await using home = await stranger()
      const request = bind({ holder, baseUrl: `http://${home.host}`, allowedPrivateHosts: [home.host, far.host] })
      for (const url of [`@127.0.0.1:${far.port}/`, `:${far.port}/`, `.127.0.0.1:${far.port}/`])
        await expectRefused(request({ method: 'GET', url }), 'request_refused', far)
      for (const url of [`/@127.0.0.1:${far.port}/`, `/:${far.port}/`]) await request({ method: 'GET', url })
      expect(far.connections).toBe(0)
    })

    it('as another Host on the same connection', async () => {
      await using home = await stranger()
      const request = bind({ holder, baseUrl: `http://${home.host}`, allowedPrivateHosts: [home.host] })
      for (const name of ['host', 'Host', 'X-Forwarded-Host'])
        await expectRefused(
          request({ method: 'GET', url: '/', headers: { [name]: 'evil.test' } }),
          'request_refused',
          home,
        )
    })
  })

  describe('token-to-a-stranger: what the application answers', () => {
    it.each([301, 302, 303, 307, 308])('a redirect of %i', async (status) => {
      await using far = await stranger()
      await using home = await loopbackHttp((_request, response) =>
        response.writeHead(status, { location: `http://${far.host}/` }).end(),
      )
      const request = bind({ holder, baseUrl: `http://${home.host}`, allowedPrivateHosts: [home.host, far.host] })
      const asked: ActionRequest = { method: 'POST', url: '/repos', json: {} }
      await expectRefused(request(asked), 'redirect_refused', far)
      expect(home.connections).toBe(1)
    })
  })

  describe('token-to-a-stranger: an application’s own address that is private', () => {
    it.each([
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '127.1',
      '0177.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '0',
    ])('spelt %s', async (host) => {
      const certificate = makeCertificate('localhost')
      await using far = await loopbackHttp((_request, response) => void response.end('{}'), certificate)
      const request = bind({
        holder,
        baseUrl: `https://${host}:${far.port}`,
        allowedPrivateHosts: [],
        certificateAuthorities: [certificate.cert],
      })
      await expectRefused(request({ method: 'GET', url: '/user' }), 'egress_refused', far)
    })

    it.each([
      ['a private address', ['127.0.0.1']],
      ['a private address among public ones', ['93.184.216.34', '127.0.0.1']],
      ['IPv4 within IPv6', ['::ffff:127.0.0.1']],
      ['this machine in IPv6', ['::1']],
    ])('by a name that leads to %s', async (_where, addresses) => {
      const certificate = makeCertificate('crm.test')
      await using far = await loopbackHttp((_request, response) => void response.end('{}'), certificate)
      const request = bind({
        holder,
        baseUrl: `https://crm.test:${far.port}`,
        // That the address itself is listed does not help a name that is not.
        allowedPrivateHosts: [far.host],
        certificateAuthorities: [certificate.cert],
        lookup: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      })
      await expectRefused(request({ method: 'GET', url: '/user' }), 'egress_refused', far)
    })

    it('by a name that leads there only when asked again', async () => {
      const certificate = makeCertificate('crm.test')
      await using far = await loopbackHttp((_request, response) => void response.end('{}'), certificate)
      const answers = ['93.184.216.34', '127.0.0.1']
      let lookups = 0
      const request = bind({
        holder,
        baseUrl: `https://crm.test:${far.port}`,
        allowedPrivateHosts: [],
        certificateAuthorities: [certificate.cert],
        lookup: async () => [{ address: answers[lookups++] ?? '127.0.0.1', family: 4 }],
        timeoutMs: 300,
      })
      // The first address is public and does not answer here. What matters is that it was not asked for again.
      await expect(request({ method: 'GET', url: '/user' })).rejects.toMatchObject({
        code: expect.stringMatching(/^outside_/),
      })
      expect(lookups).toBe(1)
      await expectRefused(request({ method: 'GET', url: '/user' }), 'egress_refused', far)
      expect(lookups).toBe(2)
    })
  })

  it('token-to-a-stranger: the token does reach the application itself, and its answer tells nobody', async () => {
    const seen: string[] = []
    await using home = await loopbackHttp((request, response) => {
      const { authorization, 'x-api-key': key } = request.headers
      const inQuery = new URL(request.url ?? '', 'http://acme.test').searchParams.get('X-API-Key')
      seen.push(String(authorization ?? key ?? inQuery))
      response.setHeader('link', `<${request.url}>; rel="next"`)
      response.end(JSON.stringify({ url: request.url, headers: request.headers }))
    })
    const request = bind({ holder, baseUrl: `http://${home.host}`, allowedPrivateHosts: [home.host] })
    const answer = await request({ method: 'GET', url: '/user' })
    expect(seen).toEqual([holder.arrives])
    expect(JSON.stringify([answer, ...answer.headers])).not.toContain(TOKEN)
    expect(JSON.stringify(answer)).not.toContain(btoa(`${TOKEN}:`))
  })
})

it('token-to-a-stranger: an instance in the token response', async () => {
  await using far = await stranger()
  for (const instance_url of [`http://${far.host}`, `https://${far.host}`, 'https://acme.my.salesforce.com.evil.test'])
    expect(() => salesforce.baseUrl(salesforce.settings.parse({}), { instance_url })).toThrow(
      expect.objectContaining({ code: 'instance_url_refused' }),
    )
})
