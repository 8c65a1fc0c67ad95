import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Connector, Revocation } from '#connectors/connector.ts'
import type { OutgoingRequest } from '#core/egress.ts'
import { Secret } from '#core/secret.ts'
import type { ConnectionsContext } from '../context.ts'
import type { HeldTokens } from '../grant.ts'
import { type Parent, sealClient } from '../parent.ts'
import { revokeTokens } from './revoke-tokens.ts'

const GITHUB: Revocation = {
  style: 'request',
  method: 'DELETE',
  url: 'https://api.example/applications/{client_id}/grant',
  authentication: 'client',
  tokenField: 'access_token',
}
const SLACK: Revocation = {
  style: 'request',
  method: 'POST',
  url: 'https://slack.example/api/auth.revoke',
  authentication: 'token',
  tokenField: null,
}
const RFC7009: Revocation = { style: 'rfc7009', endpoint: 'https://as.example/revoke' }

type Answer = [status: number, body?: object]

/** Revokes against an application that gives these answers in turn; tells what was sent, and what was kept. */
async function revoke(revocation: Revocation, refreshToken: string | null, answers: Answer[]) {
  const sent: OutgoingRequest[] = []
  const kept: string[] = []
  const server = {
    token_endpoint: 'https://as.example/token',
    token_endpoint_auth_method: 'client_secret_post',
    revocation,
    issuer: null,
    scopes: [],
    resource: null,
    tokenResponseField: null,
    defaultExpiresInSeconds: null,
  }
  const connector = { name: 'any', settings: z.object({}), authentication: () => ({ kind: 'oauth2', server }) }
  const plain = { wrap: async (key: Buffer) => key, unwrap: async (key: Buffer) => key }
  const ctx = {
    keys: plain,
    clock: () => new Date(),
    tokenTimeoutMs: 1000,
    connectors: new Map([['any', connector as unknown as Connector]]),
    async egress(request: OutgoingRequest) {
      sent.push(request)
      const [status, body] = answers[sent.length - 1] ?? [500]
      const headers = new Headers({ 'content-type': 'application/json' })
      return { status, headers, body: body ? JSON.stringify(body) : '' }
    },
  } as unknown as ConnectionsContext
  const parent = { id: 'con_1', connector: 'any', settings: {}, clientId: 'our id' } as unknown as Parent
  const client = { clientId: 'our id', clientSecret: new Secret('our+secret') }
  parent.sealedClient = await sealClient(ctx, parent.id, client)
  const tokens: HeldTokens = {
    connectedBy: 'oauth2',
    accessToken: new Secret('old-token'),
    refreshToken: refreshToken === null ? null : new Secret(refreshToken),
    response: {},
  }
  await revokeTokens(ctx, parent, {
    tokens,
    keep: async ({ accessToken }) => void kept.push(accessToken.reveal()),
  })
  return { sent, kept }
}

test('a call with the client as Basic authentication and the token in the body', async () => {
  const { sent } = await revoke(GITHUB, null, [[204]])
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({
    method: 'DELETE',
    url: new URL('https://api.example/applications/our%20id/grant'),
    headers: { authorization: `Basic ${btoa('our+id:our%2Bsecret')}` },
    body: '{"access_token":"old-token"}',
  })
})

test('a call with the token itself and no body', async () => {
  const { sent } = await revoke(SLACK, null, [[200, { ok: true, revoked: true }]])
  expect(sent[0]?.headers).toMatchObject({ authorization: 'Bearer old-token' })
  expect(sent[0]?.body).toBeUndefined()
})

test.each<[string, Revocation, Answer]>([
  ['404', GITHUB, [404]],
  ['422', GITHUB, [422]],
  ['401 to the token itself', SLACK, [401]],
  ['200 and a word for dead', SLACK, [200, { ok: false, error: 'token_revoked' }]],
  ['invalid_token at an RFC 7009 endpoint', RFC7009, [400, { error: 'invalid_token' }]],
])('what is gone already is ended: %s', async (_, revocation, answer) => {
  expect((await revoke(revocation, null, [answer])).sent).toHaveLength(1)
})

test.each<[string, Revocation, Answer, string]>([
  ['503', GITHUB, [503], 'outside_unavailable'],
  ['429', GITHUB, [429], 'outside_unavailable'],
  ['401 to the client', GITHUB, [401], 'parent_client_refused'],
  ['200 and another word', SLACK, [200, { ok: false, error: 'ratelimited' }], 'revocation_refused'],
  ['403', SLACK, [403], 'revocation_refused'],
  ['503 at an RFC 7009 endpoint', RFC7009, [503], 'outside_unavailable'],
])('is tried again after %s', async (_, revocation, answer, code) => {
  await expect(revoke(revocation, null, [answer])).rejects.toMatchObject({ code })
})

test('an access token that is over is renewed, and what was received is kept before it is used', async () => {
  const fresh = { access_token: 'fresh-token', refresh_token: 'next', token_type: 'bearer' }
  const { sent, kept } = await revoke(GITHUB, 'refresh-token', [[404], [200, fresh], [204]])
  expect(sent.map(({ url }) => url.pathname)).toEqual([
    '/applications/our%20id/grant',
    '/token',
    '/applications/our%20id/grant',
  ])
  expect(sent[2]?.body).toContain('fresh-token')
  expect(kept).toEqual(['fresh-token'])
})

test('a grant whose refresh token is refused as well is over', async () => {
  const { sent, kept } = await revoke(GITHUB, 'refresh-token', [[404], [400, { error: 'invalid_grant' }]])
  expect([sent.length, kept]).toEqual([2, []])
})

test('RFC 7009 ends both tokens, unless access tokens cannot be ended', async () => {
  const both = await revoke(RFC7009, 'refresh-token', [[200], [200]])
  expect(both.sent.map(({ body }) => new URLSearchParams(body).get('token'))).toEqual(['refresh-token', 'old-token'])
  await revoke(RFC7009, 'refresh-token', [[200], [400, { error: 'unsupported_token_type' }]])
})
