import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { loadGrant } from '../../src/connections/grant.ts'
import { makeCertificate } from '../support/certificate.ts'
import { loopbackHttp } from '../support/loopback.ts'
import { type Answer, json, type OddStage, startOddStage } from '../support/odd-provider.ts'
import type { Granted } from '../support/refresh-stage.ts'

let stage: OddStage
beforeAll(async () => {
  stage = await startOddStage({ resource: 'https://things.test/api' })
})
afterAll(() => stage?.stop())
afterEach(() => stage.answerWith('sane'))

let people = 0
const staleOne = () => stage.staleAtOdd(`Odd${people++}`)

/** The requests for this one: others are looked after by themselves meanwhile. */
const requestsFor = ({ account }: Granted) =>
  stage.asked.filter((body) => [`refresh-of-${account}`, `odd-of-${account}`].includes(body.get('refresh_token') ?? ''))
    .length

const text =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(body)
const challenge = { 'www-authenticate': 'Basic realm="odd"' }
const refusal = { error: 'invalid_grant' }

describe('provider-down-is-not-revoked', () => {
  test.each<[string, Answer, string]>([
    ['fails', json(500, {}), 'outside_unavailable'],
    ['fails and calls it a refusal', json(500, refusal), 'outside_unavailable'],
    ['has a gateway that fails', text(502, '<html>'), 'outside_unavailable'],
    ['is down and wants a password', text(503, '', challenge), 'outside_unavailable'],
    ['limits us', json(429, {}), 'outside_unavailable'],
    ['limits us and calls it a refusal', json(429, refusal), 'outside_unavailable'],
    ['limits us for so long', json(429, {}, { 'retry-after': '60' }), 'outside_unavailable'],
    ['gave up waiting', json(408, refusal), 'outside_unavailable'],
    ['never answers', () => undefined, 'outside_timeout'],
    ['hangs up', (request) => void request.socket.destroy(), 'outside_unreachable'],
    ['answers with a page', text(200, '<html>'), 'token_request_refused'],
    [
      'answers with half of it',
      text(200, '{"access_tok', { 'content-type': 'application/json' }),
      'token_request_refused',
    ],
    ['answers without a token', json(200, {}), 'token_request_refused'],
    ['answers too much', json(200, { access_token: 'x'.repeat(2_000_000) }), 'outside_too_large'],
    ['sends us elsewhere', text(302, '', { location: '/token' }), 'token_request_refused'],
    ['is not there', text(404, 'not here'), 'token_request_refused'],
    ['is closed to us', text(403, '<html>'), 'token_request_refused'],
    ['does not understand', json(400, { error: 'invalid_request' }), 'token_request_refused'],
  ])('provider-down-is-not-revoked: a token endpoint that %s', async (_, answer, code) => {
    const alice = await staleOne()
    const { version } = await stage.row(alice)
    stage.answerWith(answer)
    expect(await stage.use(alice)).toBe(code)
    expect(await stage.row(alice)).toMatchObject({
      status: 'connected',
      version,
      must_ask_at: null,
      lease_holder: null,
    })
    stage.answerWith('sane')
    expect(await stage.use(alice)).toBe('done')
  })

  test('provider-down-is-not-revoked: while it cannot be renewed, a token that still lives serves', async () => {
    const alice = await staleOne()
    await stage.use(alice)
    const { version } = await stage.row(alice)
    stage.advance(290_000)
    stage.answerWith(json(503, {}))
    expect(await stage.use(alice)).toBe('done')
    expect(await stage.row(alice)).toMatchObject({ version, keep_alive_attempts: 1 })
    stage.advance(20_000)
    expect(await stage.use(alice)).toBe('outside_unavailable')
  })

  test.each<[string, Answer]>([
    ['as RFC 6749 has it', json(400, refusal)],
    ['with a challenge', json(401, refusal, challenge)],
    ['with 200', json(200, refusal)],
  ])('provider-down-is-not-revoked: but a refusal is one, said %s', async (_, answer) => {
    const alice = await staleOne()
    stage.answerWith(answer)
    expect(await stage.use(alice)).toBe('expired')
    expect(await stage.row(alice)).toMatchObject({ status: 'lost' })
  })

  test.each<[string, Answer]>([
    ['invalid_client', json(401, { error: 'invalid_client' }, challenge)],
    ['unauthorized_client', json(400, { error: 'unauthorized_client' })],
    ['a challenge alone', text(401, '', challenge)],
  ])(
    'provider-down-is-not-revoked: a refused client is the parent’s fault (%s), until it is taken again',
    async (_, answer) => {
      const alice = await staleOne()
      const parent = async () =>
        (await stage.owner.api('GET', `/connections/${stage.odd}`)).body.data.authorization_status
      stage.answerWith(answer)
      expect(await stage.use(alice)).toBe('parent_client_refused')
      expect(await parent()).toBe('exception')
      expect(await stage.row(alice)).toMatchObject({ status: 'connected', must_ask_at: null })
      stage.answerWith('sane')
      expect(await stage.use(alice)).toBe('done')
      expect(await parent()).not.toBe('exception')
    },
  )
})

describe('clock-skew', () => {
  const granted = ({ account }: Granted, more: object, headers = {}) =>
    json(200, { access_token: `access-${people}`, refresh_token: `odd-of-${account}`, ...more }, headers)
  const hoursOff = (hours: number) => ({ date: new Date(Date.now() + hours * 3_600_000).toUTCString() })

  test.each<[string, object, object?]>([
    ['does not say', {}],
    ['says nothing', { expires_in: null }],
    ['says 0', { expires_in: 0 }],
    ['says less than nothing', { expires_in: -3600 }],
    ['says too much', { expires_in: 1e15 }],
    ['says it in words', { expires_in: 'soon' }],
    ['says it as a string', { expires_in: '3600' }],
    ['says it by a clock that is five hours fast', { expires_in: 3600, token_type: 'Bearer' }, hoursOff(5)],
    ['says it by a clock that is five hours slow', { expires_in: 3600, token_type: 'Bearer' }, hoursOff(-5)],
    ['has an ID token of another time', { expires_in: 3600, id_token: 'e30.e30.e30' }],
    ['spells its scopes as a list', { expires_in: 3600, scope: ['things', 'offline_access'] }],
  ])('clock-skew: a token is kept, and not renewed again at once, when its server %s', async (_, more, headers) => {
    const alice = await staleOne()
    stage.answerWith(granted(alice, more, headers))
    for (const _use of [1, 2, 3]) expect(await stage.use(alice)).toBe('done')
    expect(requestsFor(alice)).toBe(1)
    expect((await loadGrant(stage.ctx, alice.connectionId))?.refreshToken?.reveal()).toBe(`odd-of-${alice.account}`)
  })

  test.each([null, ''])(
    'clock-skew: a refresh token of %j is none, and the former one stays',
    async (refresh_token) => {
      const alice = await staleOne()
      stage.answerWith(granted(alice, { refresh_token, expires_in: 3600 }))
      expect(await stage.use(alice)).toBe('done')
      expect((await loadGrant(stage.ctx, alice.connectionId))?.refreshToken?.reveal()).toBe(
        `refresh-of-${alice.account}`,
      )
    },
  )

  test('clock-skew: our own clock jumps, and one refresh is sent', async () => {
    const alice = await staleOne()
    stage.answerWith(granted(alice, { expires_in: 3600 }))
    await stage.use(alice)
    stage.advance(5 * 3_600_000)
    for (const _use of [1, 2, 3]) expect(await stage.use(alice)).toBe('done')
    expect(requestsFor(alice)).toBe(2)
    stage.advance(-5 * 3_600_000)
    for (const _use of [1, 2, 3]) expect(await stage.use(alice)).toBe('done')
    expect(requestsFor(alice)).toBe(2)
  })

  test('clock-skew: a token that lives for a minute is not renewed at each use', async () => {
    const alice = await staleOne()
    stage.answerWith(granted(alice, { expires_in: 60 }))
    for (const _use of [1, 2, 3]) expect(await stage.use(alice)).toBe('done')
    expect(requestsFor(alice)).toBe(1)
  })
})

test('the resource is sent with a refresh (RFC 8707), and the scopes stay when the answer names none', async () => {
  const alice = await staleOne()
  await stage.use(alice)
  expect(Object.fromEntries(stage.asked.at(-1) ?? [])).toMatchObject({
    grant_type: 'refresh_token',
    refresh_token: `refresh-of-${alice.account}`,
    resource: 'https://things.test/api',
  })
  expect((await loadGrant(stage.ctx, alice.connectionId))?.scopes).toEqual(['offline_access', 'things'])
})

test('provider-down-is-not-revoked: one whose certificate nobody trusts', async () => {
  let told = 0
  await using closed = await loopbackHttp(() => told++, makeCertificate('127.0.0.1'))
  const other = await startOddStage({ url: `https://${closed.host}` }, [closed.host])
  try {
    const alice = await other.staleAtOdd('Tessa')
    expect(await other.use(alice)).toBe('outside_unreachable')
    expect(await other.row(alice)).toMatchObject({ status: 'connected', must_ask_at: null })
    expect(told).toBe(0)
  } finally {
    await other.stop()
  }
})
