import type { OAuthServer } from '#connectors/connector.ts'
import { apiUrl, type Settings } from './settings.ts'

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export function oauthServer(settings: Settings): OAuthServer {
  const { origin } = new URL(settings.host)
  return {
    authorization_endpoint: `${origin}/login/oauth/authorize`,
    token_endpoint: `${origin}/login/oauth/access_token`,
    // https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-authorization
    revocation: {
      style: 'request',
      method: 'DELETE',
      url: `${apiUrl(settings).href.replace(/\/$/, '')}/applications/{client_id}/grant`,
      authentication: 'client',
      tokenField: 'access_token',
    },
    revocationEndsAll: true,
    issuer: null,
    token_endpoint_auth_method: 'client_secret_post',
    pkce: true,
    scopes: [
      { name: 'repo', description: 'Read and write in the repositories you can reach, private ones included' },
      { name: 'read:user', description: 'See your profile' },
      { name: 'user:email', description: 'See your e-mail addresses' },
    ],
    scopeSeparator: ' ',
    scopeParameter: 'scope',
    scopesAreReported: false,
    resource: null,
    authorizationParameters: {},
    // An OAuth app's token lives until it is revoked; a GitHub App's says how long it lives, and comes with a refresh token.
    defaultExpiresInSeconds: null,
    tokenResponseField: null,
    // A GitHub App's refresh token ends after six months whether it was used or not: each renewal gives a new one.
    idleLimitSeconds: 180 * 24 * 60 * 60,
    identity: { method: 'GET', url: `${apiUrl(settings).href.replace(/\/$/, '')}/user` },
  }
}
