import type { OAuthServer } from '#connectors/connector.ts'
import { apiUrl, type Settings } from './settings.ts'

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export function oauthServer(settings: Settings): OAuthServer {
  const { origin } = new URL(settings.host)
  return {
    authorization_endpoint: `${origin}/login/oauth/authorize`,
    token_endpoint: `${origin}/login/oauth/access_token`,
    // GitHub has none of RFC 7009.
    revocation_endpoint: null,
    issuer: null,
    token_endpoint_auth_method: 'client_secret_post',
    pkce: true,
    scopes: [
      { name: 'repo', description: 'Read and write in the repositories you can reach, private ones included' },
      { name: 'read:user', description: 'See your profile' },
      { name: 'user:email', description: 'See your e-mail addresses' },
    ],
    scopeSeparator: ' ',
    authorizationParameters: {},
    // An OAuth app's token lives until it is revoked; a GitHub App's says how long it lives, and comes with a refresh token.
    defaultExpiresInSeconds: null,
    identityUrl: `${apiUrl(settings).href.replace(/\/$/, '')}/user`,
  }
}
