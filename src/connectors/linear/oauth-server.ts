import type { OAuthServer } from '#connectors/connector.ts'
import { hostsOf, type Settings } from './settings.ts'

/** https://linear.app/developers/oauth-2-0-authentication */
export function oauthServer(settings: Settings): OAuthServer {
  const { site, api } = hostsOf(settings)
  return {
    authorization_endpoint: `${site}/oauth/authorize`,
    token_endpoint: `${api}/oauth/token`,
    revocation: { style: 'rfc7009', endpoint: `${api}/oauth/revoke` },
    revocationEndsAll: false,
    issuer: null,
    token_endpoint_auth_method: 'client_secret_post',
    pkce: true,
    scopes: [
      { name: 'read', description: 'Read what you can see' },
      { name: 'issues:create', description: 'Create issues as you' },
      { name: 'comments:create', description: 'Comment on issues as you' },
    ],
    scopeSeparator: ',',
    scopeParameter: 'scope',
    scopesAreReported: false,
    resource: null,
    // why: who agreed once would not be asked again, and could not choose another workspace.
    authorizationParameters: { prompt: 'consent' },
    defaultExpiresInSeconds: 24 * 60 * 60,
    tokenResponseField: null,
    idleLimitSeconds: null,
    identity: { method: 'POST', url: `${api}/graphql`, json: { query: WHO } },
  }
}

const WHO = '{ viewer { id name email } organization { id name } }'
