import type { IncomingMessage, ServerResponse } from 'node:http'
import * as client from 'openid-client'
import { describe, expect, it } from 'vitest'
import { egressFetch, unwrapOutsideError } from '../../src/connections/egress-fetch.ts'
import { bindRequest } from '../../src/connections/request.ts'
import { connector } from '../../src/connectors/salesforce/index.ts'
import type { Egress } from '../../src/core/egress.ts'
import { OutsideError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { makeEgress } from '../../src/server/egress.ts'
import { makeCertificate } from '../support/certificate.ts'
import { type Loopback, loopbackHttp } from '../support/loopback.ts'

const TOKEN = 'the-token-that-no-error-may-tell'
const JSON_TYPE = { 'content-type': 'application/json' }

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** The egress as it is, but in a hurry and with little patience for size. */
function hastyEgress(server: Loopback): Egress {
  const egress = makeEgress({ allowedPrivateHosts: [server.host] })
  return (request) => egress({ ...request, timeoutMs: 1_200, maxBytes: 100_000 })
}

/** What an action's request to the server fails with. */
async function requestFailure(server: Loopback, protocol = 'http'): Promise<OutsideError> {
  const request = bindRequest({
    egress: hastyEgress(server),
    connector,
    baseUrl: new URL(`${protocol}://${server.host}`),
    origins: [],
    settings: {},
    credential: () => ({ connectedBy: 'oauth2', accessToken: new Secret(TOKEN) }),
    beforeEach: async () => undefined,
    onUnauthorized: async () => false,
  })
  return failure(request({ method: 'POST', url: '/services/data/v62.0/sobjects/Case', json: {} }))
}

/** What a refresh at the server fails with. */
async function refreshFailure(server: Loopback): Promise<unknown> {
  const issuer = `http://${server.host}`
  const config = new client.Configuration(
    { issuer, token_endpoint: `${issuer}/token` },
    'behalf',
    undefined,
    client.None(),
  )
  client.allowInsecureRequests(config)
  config[client.customFetch] = egressFetch(hastyEgress(server))
  return unwrapOutsideError(await failure(client.refreshTokenGrant(config, TOKEN)))
}

async function failure(promise: Promise<unknown>) {
  const error = await promise.then(
    () => expect.fail('it succeeded'),
    (reason) => reason,
  )
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(TOKEN)
  return error
}

const NEVER: Handler = () => undefined
const DRIPPING: Handler = (_request, response) => {
  response.writeHead(200, JSON_TYPE)
  const drip = setInterval(() => response.write(' '), 10)
  response.on('close', () => clearInterval(drip))
}
const HUGE: Handler = (_request, response) => void response.end(JSON.stringify({ text: 'x'.repeat(200_000) }))
const HANGS_UP: Handler = (request) => void request.socket.destroy()
const answers =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    void response.writeHead(status, { ...JSON_TYPE, ...headers }).end(body)

const TROUBLES: [string, Handler, object][] = [
  ['never answers', NEVER, { code: 'outside_timeout', retryable: true }],
  ['never ends its answer', DRIPPING, { code: 'outside_timeout', retryable: true }],
  ['answers too much', HUGE, { code: 'outside_too_large', retryable: false }],
  ['hangs up', HANGS_UP, { code: 'outside_unreachable', retryable: true }],
]

describe('provider-misbehaves: an action’s request to an application that', () => {
  it.each<[string, Handler, object]>([
    ...TROUBLES,
    ['answers what is no JSON', answers(200, '<html>'), { code: 'outside_malformed', retryable: false }],
    ['answers half of it', answers(200, '{"id":"0'), { code: 'outside_malformed', retryable: false }],
    ['sends us round in a circle', answers(302, '', { location: '/' }), { code: 'redirect_refused', retryable: false }],
    ['fails', answers(500, 'oops'), { code: 'outside_unavailable', retryable: true, httpStatus: 500 }],
    [
      'has a proxy that fails',
      answers(502, '<html>'),
      { code: 'outside_unavailable', retryable: true, httpStatus: 502 },
    ],
    ['limits us', answers(429, ''), { code: 'outside_rate_limited', retryable: true, retryAfterMs: undefined }],
    [
      'limits us for so long',
      answers(429, '', { 'retry-after': '17' }),
      { code: 'outside_rate_limited', retryable: true, retryAfterMs: 17_000 },
    ],
    [
      'is down for so long',
      answers(503, '', { 'retry-after': '17' }),
      { code: 'outside_unavailable', retryable: true, retryAfterMs: 17_000 },
    ],
    [
      'limits us until nonsense',
      answers(429, '', { 'retry-after': '-1e9' }),
      { code: 'outside_rate_limited', retryable: true, retryAfterMs: undefined },
    ],
    [
      'tells our token back',
      (request, response) =>
        void response.writeHead(400).end(JSON.stringify([{ errorCode: 'X', message: request.headers.authorization }])),
      { code: 'outside_invalid_input', message: 'Salesforce: Bearer [secret] (X)' },
    ],
  ])('%s', async (_trouble, handle, expected) => {
    await using server = await loopbackHttp(handle)
    const error = await requestFailure(server)
    expect(error).toBeInstanceOf(OutsideError)
    expect(error).toMatchObject(expected)
    // Nothing is repeated by itself: whether it may be is the step's to say.
    expect(server.connections).toBe(1)
  })

  it('has a certificate that nobody trusts', async () => {
    const told: string[] = []
    await using server = await loopbackHttp((request, response) => {
      told.push(String(request.headers.authorization))
      response.end('{}')
    }, makeCertificate('crm.test'))
    expect(await requestFailure(server, 'https')).toMatchObject({ code: 'outside_unreachable', retryable: true })
    expect(told).toEqual([])
  })
})

describe('provider-misbehaves: a refresh is a failure, never a refusal, at a token endpoint that', () => {
  it.each<[string, Handler, object]>([
    ...TROUBLES,
    ['answers what is no JSON', answers(200, '<html>'), { name: 'ClientError' }],
    ['sends us round in a circle', answers(302, '', { location: '/token' }), { name: 'ClientError' }],
    ['fails', answers(500, '{"error":"invalid_grant"}'), { name: 'ClientError' }],
    ['is down', answers(503, ''), { name: 'ClientError' }],
  ])('%s', async (_trouble, handle, expected) => {
    await using server = await loopbackHttp(handle)
    const error = await refreshFailure(server)
    expect(error).toMatchObject(expected)
    expect(error).not.toHaveProperty('error')
    expect(server.connections).toBe(1)
  })
})
