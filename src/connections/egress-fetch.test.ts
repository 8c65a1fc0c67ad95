import * as client from 'openid-client'
import { describe, expect, it } from 'vitest'
import type { Egress } from '#core/egress.ts'
import { OutsideError } from '#core/errors.ts'
import { makeEgress } from '#server/egress.ts'
import { loopbackHttp } from '../../test/support/loopback.ts'
import { egressFetch, unwrapOutsideError } from './egress-fetch.ts'
import { toOutsideError } from './oauth/token-errors.ts'

function configure(
  host: string,
  egress: Egress = makeEgress({ allowedPrivateHosts: [host] }),
  field: string | null = null,
): client.Configuration {
  const config = new client.Configuration(
    { issuer: `http://${host}`, token_endpoint: `http://${host}/token`, revocation_endpoint: `http://${host}/revoke` },
    'behalf',
    { client_secret: 'secret' },
    client.ClientSecretPost('secret'),
  )
  client.allowInsecureRequests(config)
  config[client.customFetch] = egressFetch(egress, field)
  return config
}

const json = { 'content-type': 'application/json' }

it('carries a refresh to the token endpoint and the answer back', async () => {
  let form = ''
  await using server = await loopbackHttp((request, response, body) => {
    form = `${request.method} ${request.url} ${request.headers['content-type']} ${body}`
    response.writeHead(200, json).end('{"access_token":"a","token_type":"bearer","instance_url":"https://x.test"}')
  })
  const tokens = await client.refreshTokenGrant(configure(server.host), 'r 1')
  expect(tokens).toMatchObject({ access_token: 'a', instance_url: 'https://x.test' })
  expect(form).toMatch(/^POST \/token application\/x-www-form-urlencoded;charset=UTF-8 .*refresh_token=r\+1/)
})

it('carries a revocation, whose answer is empty', async () => {
  let called = ''
  await using server = await loopbackHttp((request, response) => {
    called = `${request.method} ${request.url}`
    response.writeHead(200).end()
  })
  await client.tokenRevocation(configure(server.host), 'token')
  expect(called).toBe('POST /revoke')
})

describe('a refused token request', () => {
  it.each([
    [200, 'bad_refresh_token', 'invalid_grant'],
    [200, 'bad_verification_code', 'invalid_grant'],
    [200, 'incorrect_client_credentials', 'invalid_client'],
    [200, 'invalid_refresh_token', 'invalid_grant'],
    [200, 'bad_client_secret', 'invalid_client'],
    [200, 'slow_down', 'slow_down'],
    [400, 'invalid_grant', 'invalid_grant'],
    [401, 'invalid_client', 'invalid_client'],
  ])('of status %i with %s arrives as %s', async (status, error, expected) => {
    await using server = await loopbackHttp((_request, response) =>
      response.writeHead(status, json).end(JSON.stringify({ error, error_description: 'No.' })),
    )
    await expect(client.refreshTokenGrant(configure(server.host), 'r')).rejects.toMatchObject({
      name: 'ResponseBodyError',
      error: expected,
      error_description: 'No.',
      status: status === 200 ? 400 : status,
    })
  })

  it('is one of the refresh token where only the description says so', async () => {
    const body = { error: 'unauthorized_client', error_description: 'refresh_token is invalid' }
    await using server = await loopbackHttp((_request, response) =>
      response.writeHead(403, json).end(JSON.stringify(body)),
    )
    const refusal = { error: 'invalid_grant' }
    await expect(client.refreshTokenGrant(configure(server.host), 'r')).rejects.toMatchObject(refusal)
  })

  it('is no refusal when the server is down, whatever its body says', async () => {
    await using server = await loopbackHttp((_request, response) =>
      response.writeHead(503, json).end('{"error":"invalid_grant"}'),
    )
    const error = await client.refreshTokenGrant(configure(server.host), 'r').catch((reason) => reason)
    expect(error.name).not.toBe('ResponseBodyError')
  })
})

/** What a refresh at the server failed with. */
async function failure(config: client.Configuration): Promise<unknown> {
  return unwrapOutsideError(await client.refreshTokenGrant(config, 'r').catch((reason) => reason))
}

describe('tokens that stand in a field of the answer', () => {
  async function refresh(answer: object) {
    await using server = await loopbackHttp((_request, response) =>
      response.writeHead(200, json).end(JSON.stringify(answer)),
    )
    const egress = makeEgress({ allowedPrivateHosts: [server.host] })
    return await client.refreshTokenGrant(configure(server.host, egress, 'authed_user'), 'r')
  }
  const ofTheBot = { ok: true, access_token: 'bot', refresh_token: 'bots', scope: 'commands', token_type: 'bot' }

  it('are lifted to its top, with a type that is none of their own', async () => {
    const authed_user = { id: 'U1', access_token: 'mine', scope: 'chat:write', token_type: 'user' }
    const tokens = await refresh({ ...ofTheBot, team: { id: 'T1' }, authed_user })
    expect(tokens).toMatchObject({ access_token: 'mine', scope: 'chat:write', id: 'U1', team: { id: 'T1' } })
    expect(tokens).not.toHaveProperty('refresh_token')
  })

  it('are at the top when a refresh says they are the person’s', async () => {
    const answer = { ok: true, access_token: 'mine', refresh_token: 'next', expires_in: 43_200, token_type: 'user' }
    expect(await refresh(answer)).toMatchObject({ access_token: 'mine', refresh_token: 'next', expires_in: 43_200 })
  })

  it.each([[{ id: 'U1' }], [null], ['x']])(
    'are never those of the application, where it holds %j',
    async (authed_user) => {
      await expect(refresh({ ...ofTheBot, authed_user })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('access_token') },
      })
    },
  )
})

it('takes a refusal of 200 that tells of trouble for an outage', async () => {
  await using server = await loopbackHttp((_request, response) =>
    response.writeHead(200, json).end('{"ok":false,"error":"internal_error"}'),
  )
  const error = await client.refreshTokenGrant(configure(server.host), 'r').catch((error) => error)
  expect(toOutsideError(error)).toMatchObject({ code: 'outside_unavailable', retryable: true })
})

it('lets the failures of the egress through', async () => {
  await using server = await loopbackHttp((request) => request.socket.destroy())
  const error = await failure(configure(server.host))
  expect(error).toBeInstanceOf(OutsideError)
  expect(error).toMatchObject({ code: 'outside_unreachable', retryable: true })
})

it('does not reach a private address that is not allowed', async () => {
  await using server = await loopbackHttp((_request, response) => void response.end('{}'))
  const egress = makeEgress({ allowedPrivateHosts: [] })
  expect(await failure(configure(server.host, egress))).toMatchObject({ code: 'egress_refused' })
  expect(server.connections).toBe(0)
})

it('takes a status that is none for a malformed answer', async () => {
  await using server = await loopbackHttp((_request, response) => void response.writeHead(999).end())
  expect(await failure(configure(server.host))).toMatchObject({ code: 'outside_malformed' })
})
