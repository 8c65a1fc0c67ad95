import * as oauth from 'openid-client'
import type { OAuthServer } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { Secret } from '#core/secret.ts'
import type { ConnectionsContext } from '../context.ts'
import { egressFetch } from '../egress-fetch.ts'
import type { Tokens } from '../grant.ts'
import { oauthServerOf, openClient, type Parent } from '../parent.ts'
import { readableTokens } from './readable-tokens.ts'
import { refusalOf, toOutsideError } from './token-errors.ts'

/** Tokens, or the application's own refusal of this grant (`invalid_grant`). Faults are thrown. */
export type TokenAnswer = { kind: 'granted'; tokens: Tokens } | { kind: 'refused'; error: string }

/**
 * Exchanges the code in `callback` (the redirect URI as it was called, its query included) with PKCE, comparing `state` and `iss`.
 * Throws `OutsideError` when the application fails, or refuses the client (`parent_client_refused`).
 */
export async function exchangeCode(
  ctx: ConnectionsContext,
  parent: Parent,
  { callback, state, verifier }: { callback: URL; state: string; verifier: string },
): Promise<TokenAnswer> {
  const server = oauthServerOf(ctx, parent)
  const configuration = await configurationOf(ctx, parent, server)
  if (!server.issuer) callback.searchParams.delete('iss')
  const checks = { expectedState: state, ...(server.pkce && { pkceCodeVerifier: verifier }) }
  const former = { scopes: [], askedScopes: askedScopes(server) }
  return answerOf(ctx, server, former, () =>
    oauth.authorizationCodeGrant(configuration, callback, checks, resourceOf(server)),
  )
}

/** Trades a refresh token for fresh tokens. One request is sent, unless `beforeSending` throws: whoever calls this holds the lease. */
export async function refreshTokens(
  ctx: ConnectionsContext,
  parent: Parent,
  { beforeSending, ...old }: Tokens & { refreshToken: Secret; beforeSending?: () => void },
): Promise<TokenAnswer> {
  const server = oauthServerOf(ctx, parent)
  const configuration = await configurationOf(ctx, parent, server, beforeSending)
  const answer = await answerOf(ctx, server, old, () =>
    oauth.refreshTokenGrant(configuration, old.refreshToken.reveal(), resourceOf(server)),
  )
  if (answer.kind === 'refused') return answer
  // why: an application that does not rotate sends no refresh token, and may leave out what it said at first.
  const tokens = answer.tokens
  const response = { ...old.response, ...tokens.response }
  return { kind: 'granted', tokens: { ...tokens, refreshToken: tokens.refreshToken ?? old.refreshToken, response } }
}

/** Where the browser goes to ask the person. */
export async function authorizationUrl(
  ctx: ConnectionsContext,
  parent: Parent,
  { redirectUri, state, verifier }: { redirectUri: URL; state: string; verifier: string },
): Promise<URL> {
  const server = oauthServerOf(ctx, parent)
  return oauth.buildAuthorizationUrl(await configurationOf(ctx, parent, server), {
    ...server.authorizationParameters,
    response_type: 'code',
    redirect_uri: redirectUri.href,
    [server.scopeParameter]: server.scopes.map((scope) => scope.name).join(server.scopeSeparator),
    ...(server.resource !== null && { resource: server.resource }),
    state,
    ...(server.pkce && {
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }),
  })
}

const resourceOf = ({ resource }: OAuthServer): Record<string, string> => (resource === null ? {} : { resource })

/** What a person is asked for, sorted. */
export const askedScopes = (server: OAuthServer): string[] => server.scopes.map(({ name }) => name).sort()

/** For openid-client: this parent's client at its application's server, reached by our egress. */
export async function configurationOf(
  ctx: ConnectionsContext,
  parent: Parent,
  server: OAuthServer,
  beforeSending?: () => void,
): Promise<oauth.Configuration> {
  const client = await openClient(ctx, parent)
  const metadata: oauth.ServerMetadata = {
    issuer: server.issuer ?? new URL(server.token_endpoint).origin,
    authorization_endpoint: server.authorization_endpoint,
    token_endpoint: server.token_endpoint,
    ...(server.revocation?.style === 'rfc7009' && { revocation_endpoint: server.revocation.endpoint }),
  }
  const configuration = new oauth.Configuration(metadata, client.clientId, undefined, authenticationOf(server, client))
  configuration[oauth.customFetch] = readableTokens(egressFetch(ctx.egress, server.tokenResponseField, beforeSending))
  configuration.timeout = ctx.tokenTimeoutMs / 1000
  // why: which plain addresses may be reached at all is the egress's decision, by its named allow-list.
  if (server.token_endpoint.startsWith('http:')) oauth.allowInsecureRequests(configuration)
  return configuration
}

function authenticationOf(server: OAuthServer, client: { clientSecret: Secret }): oauth.ClientAuth {
  const secret = client.clientSecret.reveal()
  if (server.token_endpoint_auth_method === 'none' || secret === '') return oauth.None()
  return server.token_endpoint_auth_method === 'client_secret_basic'
    ? oauth.ClientSecretBasic(secret)
    : oauth.ClientSecretPost(secret)
}

type FormerScopes = Pick<Tokens, 'scopes' | 'askedScopes'>

async function answerOf(
  ctx: ConnectionsContext,
  server: OAuthServer,
  former: FormerScopes,
  send: () => Promise<oauth.TokenEndpointResponse>,
): Promise<TokenAnswer> {
  const askedAt = ctx.clock().getTime()
  try {
    return { kind: 'granted', tokens: tokensOf(await send(), server, former, askedAt) }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal) return { kind: 'refused', error: refusal }
    throw toOutsideError(error)
  }
}

function tokensOf(
  answer: oauth.TokenEndpointResponse,
  server: OAuthServer,
  former: FormerScopes,
  askedAt: number,
): Tokens {
  const { access_token, refresh_token, id_token: _, ...response } = answer
  if (!access_token)
    throw new OutsideError('outside_malformed', 'The token response has no access token.', { retryable: false })
  const lifetime = answer.expires_in ?? server.defaultExpiresInSeconds
  return {
    connectedBy: 'oauth2',
    accessToken: new Secret(access_token),
    refreshToken: refresh_token ? new Secret(refresh_token) : null,
    scopes: scopesOf(answer.scope, server, former.scopes),
    askedScopes: former.askedScopes,
    accessExpiresAt: lifetime === null ? null : new Date(askedAt + lifetime * 1000),
    response: { ...response },
  }
}

/** RFC 6749 §5.1: a response without `scope` gave what was asked for; at a refresh, what there was before. */
function scopesOf(scope: string | undefined, server: OAuthServer, former: string[]): string[] {
  if (scope) return scope.split(/[ ,]+/).filter(Boolean).sort()
  return former.length > 0 ? former : askedScopes(server)
}
