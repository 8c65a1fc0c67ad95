import type { OAuthServer } from '#connectors/connector.ts'
import { apiOf, type Settings, signInOf } from './settings.ts'

const DAY_SECONDS = 24 * 3600

/** https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/ */
export function oauthServer(settings: Settings): OAuthServer {
  const signIn = signInOf(settings)
  return {
    authorization_endpoint: `${signIn}/authorize`,
    token_endpoint: `${signIn}/oauth/token`,
    // Those pages have none: "a user can revoke their app grants at any time using their own connected apps screen".
    revocation: null,
    // "Only one grant exists per app for a given Atlassian account."
    revocationEndsAll: true,
    issuer: null,
    token_endpoint_auth_method: 'client_secret_post',
    // Those pages do not speak of it; what sends it to Atlassian is answered all the same.
    pkce: true,
    // The classic scopes, as is recommended: https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/
    scopes: [
      { name: 'read:jira-user', description: 'See your name, and people you can see in Jira' },
      { name: 'read:jira-work', description: 'Search and read issues that you can see' },
      { name: 'write:jira-work', description: 'Create and change issues, and comment on them, as you' },
      { name: 'offline_access', description: 'Stay connected while you are away' },
    ],
    scopeSeparator: ' ',
    scopeParameter: 'scope',
    // The one grant gathers what was agreed to before, and nobody can leave a scope out on Atlassian's page.
    scopesAreReported: false,
    resource: null,
    authorizationParameters: { audience: 'api.atlassian.com', prompt: 'consent' },
    defaultExpiresInSeconds: 3600,
    tokenResponseField: null,
    // #use-a-refresh-token-to-get-another-access-token-and-refresh-token-pair: 90 days without use.
    idleLimitSeconds: 90 * DAY_SECONDS,
    // Asked at the parent's own site: who did not let us in there, or has no account there, cannot connect.
    identity: { method: 'GET', url: new URL('myself', apiOf(settings)).href },
  }
}
