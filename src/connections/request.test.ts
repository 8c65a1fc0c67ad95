import { describe, expect, it } from 'vitest'
import { type ActionResponse, bearerToken } from '#connectors/connector.ts'
import type { Egress, OutgoingRequest, OutgoingResponse } from '#core/egress.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import { Secret } from '#core/secret.ts'
import { type BoundRequestOptions, bindRequest } from './request.ts'

/** Answers in turn, and keeps what was sent. */
function scripted(...answers: (Partial<OutgoingResponse> | Error)[]) {
  const sent: OutgoingRequest[] = []
  const egress: Egress = async (request) => {
    sent.push(request)
    const answer = answers[sent.length - 1] ?? {}
    if (answer instanceof Error) throw answer
    return { status: 200, headers: new Headers(), body: '{}', ...answer }
  }
  return { egress, sent }
}

function bind(egress: Egress, more: Partial<BoundRequestOptions> = {}) {
  return bindRequest({
    egress,
    connector: {
      label: 'Acme',
      authentication: () => expect.fail('nobody asked how it is connected'),
      authorize(credential) {
        const { headers, query } = bearerToken(credential)
        return {
          headers: { ...headers, 'x-api-key': credential.kind === 'oauth2' ? credential.accessToken : '' },
          query,
        }
      },
      readError: ({ status, json }: ActionResponse) =>
        new OutsideError('outside_refused', JSON.stringify(json), { retryable: false, httpStatus: status }),
    },
    baseUrl: new URL('https://acme.test/v1/'),
    origins: ['https://files.acme.test'],
    settings: {},
    credential: () => ({ connectedBy: 'oauth2', accessToken: new Secret('first-access-token') }),
    beforeEach: async () => undefined,
    onUnauthorized: async () => false,
    ...more,
  })
}

describe('a request', () => {
  it('goes below the base URL with the credential and JSON, and its answer is parsed', async () => {
    const { egress, sent } = scripted({ status: 201, body: '{"id":7}' })
    const answer = await bind(egress)({ method: 'POST', url: '/things', query: { q: 'a b' }, json: { name: 'x' } })
    expect(answer).toMatchObject({ url: 'https://acme.test/v1/things?q=a+b', status: 201, json: { id: 7 } })
    expect(sent[0]).toMatchObject({ method: 'POST', body: '{"name":"x"}' })
    expect(sent[0]?.url.href).toBe('https://acme.test/v1/things?q=a+b')
    expect(sent[0]?.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: 'Bearer first-access-token',
      'x-api-key': 'first-access-token',
    })
  })

  it("sends an action's own headers, but no body where there is none", async () => {
    const { egress, sent } = scripted()
    await bind(egress)({
      method: 'GET',
      url: '/things',
      headers: { Accept: 'application/vnd.acme+json', 'X-Trace': '1' },
    })
    expect(sent[0]?.headers).toMatchObject({ accept: 'application/vnd.acme+json', 'x-trace': '1' })
    expect(sent[0]).not.toHaveProperty('body')
    expect(sent[0]?.headers).not.toHaveProperty('content-type')
  })

  it('reads an empty body as null', async () => {
    expect((await bind(scripted({ status: 204, body: '' }).egress)({ method: 'DELETE', url: '/x' })).json).toBeNull()
  })

  it('keeps the falsy values that JSON has', async () => {
    for (const [body, json] of [
      ['null', null],
      ['0', 0],
      ['false', false],
      ['""', ''],
    ] as const)
      expect((await bind(scripted({ body }).egress)({ method: 'GET', url: '/x' })).json).toBe(json)
  })

  it('tells the status of every answer', async () => {
    const statuses: number[] = []
    const request = bind(scripted({ status: 401 }, { status: 302 }).egress, {
      onUnauthorized: async () => true,
      onResponse: (status) => statuses.push(status),
    })
    await expect(request({ method: 'GET', url: '/x' })).rejects.toThrow()
    expect(statuses).toEqual([401, 302])
  })

  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'Host',
    'content-length',
    'Transfer-Encoding',
    'Proxy-Authorization',
  ])('is refused with a header %s of its own', async (name) => {
    const { egress, sent } = scripted()
    await expect(bind(egress)({ method: 'GET', url: '/x', headers: { [name]: 'x' } })).rejects.toMatchObject({
      code: 'request_refused',
      retryable: false,
    })
    expect(sent).toEqual([])
  })

  it('cannot put a credential of its own where the connector puts one', async () => {
    const { egress, sent } = scripted()
    await bind(egress)({ method: 'GET', url: '/x', headers: { 'X-API-Key': 'mine' } })
    expect(sent[0]?.headers).toMatchObject({ 'x-api-key': 'first-access-token' })
  })
})

describe('the check before each request', () => {
  it('stops the request when it throws', async () => {
    const { egress, sent } = scripted()
    const beforeEach = async () => {
      throw new UserError('revoked', 'Gone.')
    }
    await expect(bind(egress, { beforeEach })({ method: 'GET', url: '/x' })).rejects.toMatchObject({ code: 'revoked' })
    expect(sent).toEqual([])
  })

  it('runs again before the repetition, and stops that too', async () => {
    const { egress, sent } = scripted({ status: 401 })
    const beforeEach = async () => {
      if (sent.length > 0) throw new UserError('revoked', 'Gone.')
    }
    const request = bind(egress, { beforeEach, onUnauthorized: async () => true })
    await expect(request({ method: 'GET', url: '/x' })).rejects.toMatchObject({ code: 'revoked' })
    expect(sent).toHaveLength(1)
  })
})

describe('a refused token', () => {
  it('is renewed once and the request repeated', async () => {
    let token = 'first'
    const { egress, sent } = scripted({ status: 401 }, { body: '{"ok":true}' })
    const request = bind(egress, {
      credential: () => ({ connectedBy: 'oauth2', accessToken: new Secret(token) }),
      onUnauthorized: async () => {
        token = 'second'
        return true
      },
    })
    expect((await request({ method: 'POST', url: '/x', json: 1 })).json).toEqual({ ok: true })
    expect(sent.map(({ headers, body }) => [headers?.authorization, body])).toEqual([
      ['Bearer first', '1'],
      ['Bearer second', '1'],
    ])
  })

  it('is an error when there is no other, or the other is refused too', async () => {
    const alone = scripted({ status: 401 })
    await expect(bind(alone.egress)({ method: 'GET', url: '/x' })).rejects.toMatchObject({ httpStatus: 401 })
    expect(alone.sent).toHaveLength(1)
    const twice = scripted({ status: 401 }, { status: 401 })
    const request = bind(twice.egress, { onUnauthorized: async () => true })
    await expect(request({ method: 'GET', url: '/x' })).rejects.toMatchObject({ httpStatus: 401 })
    expect(twice.sent).toHaveLength(2)
  })

  it('is told by the request too, where the application answers 200 to everything', async () => {
    const { egress, sent } = scripted({ body: '{"ok":false,"error":"token_expired"}' }, { body: '{"ok":true}' })
    const statuses: number[] = []
    const request = bind(egress, { onUnauthorized: async () => true, onResponse: (status) => statuses.push(status) })
    expect((await request({ method: 'GET', url: '/x', readRefusal })).json).toEqual({ ok: true })
    expect(statuses).toEqual([401, 200])
    expect(sent).toHaveLength(2)
  })

  it('fails as the renewal fails', async () => {
    const request = bind(scripted({ status: 401 }).egress, {
      onUnauthorized: async () => {
        throw new OutsideError('outside_unavailable', 'Down.', { retryable: true })
      },
    })
    await expect(request({ method: 'GET', url: '/x' })).rejects.toMatchObject({ code: 'outside_unavailable' })
  })
})

function readRefusal({ json }: ActionResponse): OutsideError | null {
  const { error } = json as { error?: string }
  const code = error === 'token_expired' ? 'outside_unauthorized' : 'outside_refused'
  return error ? new OutsideError(code, error, { retryable: false }) : null
}

describe('an answer', () => {
  it('of 200 is an error when the request reads a refusal in it', async () => {
    const { egress, sent } = scripted({ body: '{"ok":false,"error":"channel_not_found"}' })
    const asked = bind(egress, { onUnauthorized: async () => true })({ method: 'GET', url: '/x', readRefusal })
    await expect(asked).rejects.toMatchObject({ code: 'outside_refused', message: 'channel_not_found' })
    expect(sent).toHaveLength(1)
  })

  it.each([301, 302, 303, 304, 307, 308])('of %i is refused, not followed', async (status) => {
    const { egress, sent } = scripted({ status, headers: new Headers({ location: 'https://acme.test/v1/y' }) })
    await expect(bind(egress)({ method: 'GET', url: '/x' })).rejects.toMatchObject({
      code: 'redirect_refused',
      retryable: false,
      httpStatus: status,
    })
    expect(sent).toHaveLength(1)
  })

  it.each(['<html>', '{', 'undefined', "{'a':1}"])('of %s is malformed', async (body) => {
    await expect(bind(scripted({ body }).egress)({ method: 'GET', url: '/x' })).rejects.toMatchObject({
      code: 'outside_malformed',
      retryable: false,
    })
  })

  it('of 400 and above is what the connector makes of it, though its body be no JSON', async () => {
    const { egress } = scripted({ status: 404, body: '{"m":1}' }, { status: 502, body: '<html>' })
    const request = bind(egress)
    await expect(request({ method: 'GET', url: '/x' })).rejects.toMatchObject({ message: '{"m":1}', httpStatus: 404 })
    await expect(request({ method: 'GET', url: '/x' })).rejects.toMatchObject({ message: 'null', httpStatus: 502 })
  })

  it('that echoes the token comes without it, in a success and in an error', async () => {
    const body = JSON.stringify({ headers: { authorization: 'Bearer first-access-token' } })
    const { egress } = scripted({ body }, { status: 400, body })
    const request = bind(egress)
    expect((await request({ method: 'GET', url: '/x' })).json).toEqual({
      headers: { authorization: 'Bearer [secret]' },
    })
    const error = await request({ method: 'GET', url: '/x' }).catch((reason) => reason)
    expect(error.message).not.toContain('first-access-token')
  })

  it('that never came fails as the egress says', async () => {
    const down = new OutsideError('outside_unreachable', 'Down.', { retryable: true })
    await expect(bind(scripted(down).egress)({ method: 'GET', url: '/x' })).rejects.toBe(down)
  })
})
