import type { OAuthServer } from '#connectors/connector.ts'
import type { Settings } from './settings.ts'

/** https://acme.example/docs/oauth */
export function oauthServer({ host }: Settings): OAuthServer {
  const { origin } = new URL(host)
  return {
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    revocation: { style: 'rfc7009', endpoint: `${origin}/oauth/revoke` },
    revocationEndsAll: false,
    issuer: null,
    token_endpoint_auth_method: 'client_secret_post',
    pkce: true,
    scopes: [
      { name: 'profile', description: 'See your name and e-mail address' },
      { name: 'notes:write', description: 'Write notes as you' },
    ],
    scopeSeparator: ' ',
    scopeParameter: 'scope',
    scopesAreReported: false,
    resource: null,
    authorizationParameters: {},
    defaultExpiresInSeconds: null,
    tokenResponseField: null,
    idleLimitSeconds: null,
    identity: { method: 'GET', url: `${origin}/api/me` },
  }
}
