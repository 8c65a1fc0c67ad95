import type { OAuthServer } from '#connectors/connector.ts'
import type { Settings } from './settings.ts'

/** https://docs.slack.dev/authentication/installing-with-oauth */
export function oauthServer({ host }: Settings): OAuthServer {
  const { origin } = new URL(host)
  return {
    authorization_endpoint: `${origin}/oauth/v2/authorize`,
    token_endpoint: `${origin}/api/oauth.v2.access`,
    // https://docs.slack.dev/reference/methods/auth.revoke
    revocation: {
      style: 'request',
      method: 'POST',
      url: `${origin}/api/auth.revoke`,
      authentication: 'token',
      tokenField: null,
    },
    // Slack has one grant for a person and an app: who connects it twice is given the same token twice.
    revocationEndsAll: true,
    issuer: null,
    token_endpoint_auth_method: 'client_secret_post',
    // why: an app that opts in to PKCE is a public client from then on, for ever; one that does not is not documented to take it.
    pkce: false,
    scopes: [
      { name: 'chat:write', description: 'Post messages as you' },
      { name: 'channels:read', description: 'See public channels' },
      { name: 'groups:read', description: 'See the private channels you are in' },
      { name: 'channels:history', description: 'Read messages in public channels' },
      { name: 'groups:history', description: 'Read messages in the private channels you are in' },
      { name: 'users:read', description: 'See the people of your workspace' },
      { name: 'users:read.email', description: 'Find people of your workspace by e-mail address' },
    ],
    scopeSeparator: ',',
    // The person's own token, and no bot's.
    scopeParameter: 'user_scope',
    scopesAreReported: true,
    resource: null,
    authorizationParameters: {},
    // With token rotation the response says so: 12 hours. Without it a token lives until it is revoked.
    defaultExpiresInSeconds: null,
    tokenResponseField: 'authed_user',
    idleLimitSeconds: null,
    identity: { method: 'POST', url: `${origin}/api/auth.test` },
  }
}
