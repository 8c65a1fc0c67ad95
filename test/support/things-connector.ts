import { z } from 'zod'
import { bearerToken, type Connector, defineAction } from '../../src/connectors/connector.ts'
import { errorOfAnswer } from '../../src/core/error-of-answer.ts'

const putThing = defineAction({
  name: 'put_thing',
  label: 'Put thing',
  description: 'Puts a thing among the others.',
  consentText: 'put things there as you',
  input: z.strictObject({ name: z.string() }),
  output: z.object({ count: z.number() }),
  recipient: null,
  idempotent: false,
  async run({ input, request }) {
    const answer = await request({ method: 'POST', url: '/things', json: input })
    return { count: z.object({ things: z.array(z.unknown()) }).parse(answer.json).things.length }
  },
})

/** The plain authorization server of `authorization-server.ts`, and its things, as an application. Its settings are where it is. */
export const things: Connector<{
  url: string
  idle_limit_seconds?: number | undefined
  resource?: string | undefined
}> = {
  name: 'things',
  label: 'Things',
  icon: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>',
  personal: true,
  settings: z.strictObject({
    url: z.string(),
    idle_limit_seconds: z.number().optional(),
    resource: z.string().optional(),
  }),
  actions: [putThing],
  authentication: ({ url, idle_limit_seconds = null, resource = null }) => ({
    kind: 'oauth2',
    server: {
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      revocation: { style: 'rfc7009', endpoint: `${url}/revoke` },
      revocationEndsAll: false,
      issuer: url,
      token_endpoint_auth_method: 'client_secret_basic',
      pkce: true,
      scopes: [
        { name: 'things', description: 'Put things' },
        { name: 'offline_access', description: 'Stay connected' },
      ],
      scopeSeparator: ' ',
      scopeParameter: 'scope',
      scopesAreReported: false,
      resource,
      authorizationParameters: {},
      defaultExpiresInSeconds: null,
      tokenResponseField: null,
      idleLimitSeconds: idle_limit_seconds,
      identity: { method: 'GET', url: `${url}/me` },
    },
  }),
  baseUrl: ({ url }) => new URL(url),
  origins: () => [],
  authorize: bearerToken,
  readAccount(identity) {
    const { sub, email } = z.object({ sub: z.string(), email: z.string() }).parse(identity)
    return { id: sub, label: email, email }
  },
  readError: ({ status, headers }) => errorOfAnswer({ application: 'Things', status, headers }),
}
