import type { OAuthServer, Scope } from '#connectors/connector.ts'
import { readParameters } from './authorization-parameters.ts'
import { namesOfScopes, readScopeTexts } from './scope-texts.ts'
import type { Settings } from './settings.ts'

export function oauthServer(settings: Settings): OAuthServer {
  const parameters = readParameters(settings.authorization_parameters)
  return {
    authorization_endpoint: settings.authorization_url,
    token_endpoint: settings.token_url,
    revocation: settings.revocation_url === '' ? null : { style: 'rfc7009', endpoint: settings.revocation_url },
    revocationEndsAll: settings.revocation_ends_all,
    issuer: settings.issuer || null,
    token_endpoint_auth_method: settings.token_authentication,
    pkce: settings.pkce,
    scopes: scopesOf(settings),
    scopeSeparator: settings.scope_separator === 'comma' ? ',' : ' ',
    scopeParameter: 'scope',
    // why: RFC 6749 has it so, yet many applications leave out what they do not show people, and would be asked for for ever.
    scopesAreReported: false,
    resource: settings.resource || null,
    authorizationParameters: typeof parameters === 'string' ? {} : parameters,
    defaultExpiresInSeconds: settings.expires_in === '' ? null : Number(settings.expires_in),
    tokenResponseField: null,
    idleLimitSeconds: null,
    identity: { method: 'GET', url: settings.identity_url },
  }
}

function scopesOf({ scopes, scope_texts }: Settings): Scope[] {
  // why: connections that were made before there was this setting lack it.
  const read = readScopeTexts(scope_texts ?? '')
  const texts = typeof read === 'string' ? KNOWN_SCOPES : read
  return namesOfScopes(scopes).map((name) => ({
    name,
    description: texts.get(name) ?? KNOWN_SCOPES.get(name) ?? `Use the permission “${name}”`,
  }))
}

// https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims
const KNOWN_SCOPES = new Map([
  ['openid', 'Know who you are'],
  ['profile', 'See your name and profile'],
  ['email', 'See your e-mail address'],
  ['address', 'See your address'],
  ['phone', 'See your phone number'],
  ['offline_access', 'Stay connected while you are away'],
])
