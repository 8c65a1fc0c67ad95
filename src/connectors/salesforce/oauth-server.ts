import type { OAuthServer } from '#connectors/connector.ts'
import { loginOrigin, type Settings } from './settings.ts'

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm */
export function oauthServer(settings: Settings): OAuthServer {
  const origin = loginOrigin(settings)
  return {
    authorization_endpoint: `${origin}/services/oauth2/authorize`,
    token_endpoint: `${origin}/services/oauth2/token`,
    revocation: { style: 'rfc7009', endpoint: `${origin}/services/oauth2/revoke` },
    revocationEndsAll: false,
    issuer: origin,
    token_endpoint_auth_method: 'client_secret_post',
    pkce: true,
    // why: not `openid`, which brings an ID token that nobody reads; `id` opens the user information endpoint just as well.
    scopes: [
      { name: 'api', description: 'Read and write your records' },
      { name: 'refresh_token', description: 'Stay connected while you are away' },
      { name: 'id', description: 'See your name and e-mail address' },
    ],
    scopeSeparator: ' ',
    scopeParameter: 'scope',
    scopesAreReported: false,
    resource: null,
    authorizationParameters: {},
    // Sessions last 15 minutes to 24 hours as the organisation sets it, and the token response does not say.
    defaultExpiresInSeconds: null,
    tokenResponseField: null,
    // As a connected app's refresh token policy sets it: 30 days without use is what administrators choose most.
    idleLimitSeconds: 30 * 24 * 60 * 60,
    identity: { method: 'GET', url: `${origin}/services/oauth2/userinfo` },
  }
}
