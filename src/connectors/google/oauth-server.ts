import type { OAuthServer, Scope } from '#connectors/connector.ts'
import { hostsOf, type Settings } from './settings.ts'

/** https://developers.google.com/identity/protocols/oauth2/web-server */
export function oauthServer(settings: Settings): OAuthServer {
  const { accounts, oauth, identity } = hostsOf(settings)
  return {
    authorization_endpoint: `${accounts}/o/oauth2/v2/auth`,
    token_endpoint: `${oauth}/token`,
    revocation: { style: 'rfc7009', endpoint: `${oauth}/revoke` },
    // https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
    revocationEndsAll: true,
    issuer: accounts,
    token_endpoint_auth_method: 'client_secret_post',
    pkce: true,
    scopes: scopesOf(settings),
    scopeSeparator: ' ',
    scopeParameter: 'scope',
    // Google's page has a box to tick for each permission, and the response names what was ticked.
    scopesAreReported: true,
    resource: null,
    // why: without both, a person who agreed before is given no refresh token.
    authorizationParameters: { access_type: 'offline', prompt: 'consent' },
    defaultExpiresInSeconds: 3600,
    tokenResponseField: null,
    idleLimitSeconds: 180 * 24 * 60 * 60,
    identity: { method: 'GET', url: `${identity}/v1/userinfo` },
  }
}

/** Spelt in full: the response does not know Google's own short forms. */
const API = 'https://www.googleapis.com/auth'

function scopesOf(settings: Settings): Scope[] {
  const wanted: [boolean, Scope][] = [
    [true, { name: 'openid', description: 'Tell which account is yours' }],
    [true, { name: `${API}/userinfo.email`, description: 'See your e-mail address' }],
    [settings.send_mail, { name: `${API}/gmail.send`, description: 'Send e-mail as you' }],
    [settings.read_mail, { name: `${API}/gmail.readonly`, description: 'Read your e-mail' }],
    [settings.calendar, { name: `${API}/calendar.events`, description: 'See and change events in your calendars' }],
    [settings.files, { name: `${API}/drive.metadata.readonly`, description: 'See what files you have in Drive' }],
    [settings.sheets, { name: `${API}/spreadsheets`, description: 'Read and change your spreadsheets' }],
  ]
  return wanted.flatMap(([asked, scope]) => (asked ? [scope] : []))
}
