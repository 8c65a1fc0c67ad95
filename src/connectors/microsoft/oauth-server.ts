import type { OAuthServer, Scope } from '#connectors/connector.ts'
import { hostsOf, type Settings } from './settings.ts'

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow */
export function oauthServer(settings: Settings): OAuthServer {
  const { login, graph } = hostsOf(settings)
  const endpoints = `${login}/${settings.tenant}/oauth2/v2.0`
  return {
    authorization_endpoint: `${endpoints}/authorize`,
    token_endpoint: `${endpoints}/token`,
    // Entra has none: only the person, or an administrator of the tenant, can end a grant.
    revocation: null,
    revocationEndsAll: false,
    issuer: null,
    token_endpoint_auth_method: 'client_secret_post',
    pkce: true,
    scopes: scopesOf(settings, graph),
    scopeSeparator: ' ',
    scopeParameter: 'scope',
    // The response names them now with and now without Graph's address, and never offline_access.
    scopesAreReported: false,
    resource: null,
    // why: whoever has several accounts is asked which, rather than given the one that happens to be signed in.
    authorizationParameters: { prompt: 'select_account' },
    defaultExpiresInSeconds: 3600,
    tokenResponseField: null,
    // https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens#token-lifetime
    idleLimitSeconds: 90 * 24 * 60 * 60,
    identity: { method: 'GET', url: `${graph}/v1.0/me?$select=id,displayName,mail,userPrincipalName` },
  }
}

/** Spelt with Graph's address: without it a national cloud would take them for the global one's. */
function scopesOf(settings: Settings, graph: string): Scope[] {
  const wanted: [boolean, string, string][] = [
    [true, 'User.Read', 'See your name and e-mail address'],
    [settings.send_mail, 'Mail.Send', 'Send e-mail as you'],
    [settings.read_mail, 'Mail.Read', 'Read your e-mail'],
    [settings.calendar, 'Calendars.ReadWrite', 'See and change events in your calendars'],
    [settings.files, 'Files.Read', 'Read your files in OneDrive'],
  ]
  return [
    { name: 'offline_access', description: 'Stay connected while you are away' },
    ...wanted.flatMap(([asked, name, description]) => (asked ? [{ name: `${graph}/${name}`, description }] : [])),
  ]
}
