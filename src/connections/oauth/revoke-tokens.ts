import * as oauth from 'openid-client'
import type { Revocation } from '#connectors/connector.ts'
import type { OutgoingResponse } from '#core/egress.ts'
import { Bug, OutsideError } from '#core/errors.ts'
import type { Secret } from '#core/secret.ts'
import type { ConnectionsContext } from '../context.ts'
import type { HeldTokens } from '../grant.ts'
import { type OAuthClient, oauthServerOf, openClient, type Parent } from '../parent.ts'
import { configurationOf, refreshTokens } from './token-endpoint.ts'
import { toOutsideError } from './token-errors.ts'

/**
 * Ends a grant at the application, in the way its connector declares. Resolves when the application says that it is ended, or does not
 * know it any more; throws `OutsideError` for everything else. Where only a living access token can end it and this one is over, it is
 * renewed once; `keep` stores what that gave before it is used.
 */
export async function revokeTokens(
  ctx: ConnectionsContext,
  parent: Parent,
  { tokens, keep }: { tokens: HeldTokens; keep: (renewed: HeldTokens) => Promise<void> },
): Promise<void> {
  const { revocation } = oauthServerOf(ctx, parent)
  if (revocation === null) throw new Bug(`the application of ${parent.id} revokes nothing`)
  if (revocation.style === 'rfc7009') return revokeBoth(ctx, parent, tokens)
  if ((await askToRevoke(ctx, parent, revocation, tokens.accessToken)) === 'ended') return
  // why: that an access token is unknown there may only mean that it is over, while the refresh token keeps the grant alive.
  const { refreshToken } = tokens
  if (refreshToken === null) return
  const old = { ...tokens, refreshToken, scopes: [], askedScopes: [], accessExpiresAt: null }
  const answer = await refreshTokens(ctx, parent, old)
  if (answer.kind === 'refused') return
  await keep(answer.tokens)
  await askToRevoke(ctx, parent, revocation, answer.tokens.accessToken)
}

/** RFC 7009: ending the refresh token ends the grant at most applications; the access token is ended where that left it alive. */
async function revokeBoth(ctx: ConnectionsContext, parent: Parent, tokens: HeldTokens): Promise<void> {
  if (tokens.refreshToken) await revokeToken(ctx, parent, tokens.refreshToken, [GONE])
  // RFC 7009 §2.2.1: a server may be unable to revoke access tokens, which then end by themselves.
  await revokeToken(ctx, parent, tokens.accessToken, tokens.refreshToken ? [GONE, 'unsupported_token_type'] : [GONE])
}

// Google's answer for what is dead already; RFC 7009 has 200 for it.
const GONE = 'invalid_token'

async function revokeToken(ctx: ConnectionsContext, parent: Parent, token: Secret, fine: string[]): Promise<void> {
  const configuration = await configurationOf(ctx, parent, oauthServerOf(ctx, parent))
  try {
    await oauth.tokenRevocation(configuration, token.reveal())
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && fine.includes(error.error)) return
    throw toOutsideError(error)
  }
}

type ByRequest = Extract<Revocation, { style: 'request' }>

async function askToRevoke(
  ctx: ConnectionsContext,
  parent: Parent,
  revocation: ByRequest,
  token: Secret,
): Promise<'ended' | 'unknown'> {
  const client = await openClient(ctx, parent)
  const { method, tokenField, authentication } = revocation
  const answer = await ctx.egress({
    method,
    url: new URL(revocation.url.replace('{client_id}', encodeURIComponent(client.clientId))),
    headers: {
      accept: 'application/json',
      authorization: authentication === 'client' ? basic(client) : `Bearer ${token.reveal()}`,
      ...(tokenField !== null && { 'content-type': 'application/json' }),
    },
    ...(tokenField !== null && { body: JSON.stringify({ [tokenField]: token.reveal() }) }),
    timeoutMs: ctx.tokenTimeoutMs,
    maxBytes: 1024 * 1024,
  })
  return readOutcome(answer, authentication)
}

/** RFC 6749 §2.3.1: id and secret are form-encoded first. */
function basic({ clientId, clientSecret }: OAuthClient): string {
  const [id, secret] = [clientId, clientSecret.reveal()].map((part) =>
    new URLSearchParams({ '': part }).toString().slice(1),
  )
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

/** `unknown`: the application has no such token, any more or ever. */
function readOutcome(
  { status, body }: OutgoingResponse,
  authentication: ByRequest['authentication'],
): 'ended' | 'unknown' {
  if (status >= 200 && status < 300) return readBody(status, body)
  if (status === 404 || status === 410 || status === 422) return 'unknown'
  if (status === 401 && authentication === 'token') return 'unknown'
  if (status === 401)
    throw new OutsideError('parent_client_refused', 'The application refuses the OAuth client of this connection.', {
      retryable: false,
    })
  if (status >= 500 || status === 429)
    throw new OutsideError('outside_unavailable', `The application answered ${status}.`, {
      retryable: true,
      httpStatus: status,
    })
  throw notRevoked(status, 'it does not say why')
}

// Slack answers 200 to everything, with `ok` and a word of its own: https://docs.slack.dev/reference/methods/auth.revoke
const DEAD = new Set(['token_revoked', 'token_expired', 'invalid_auth', 'not_authed', 'account_inactive'])

function readBody(status: number, body: string): 'ended' | 'unknown' {
  const { ok, error } = parseObject(body)
  if (ok !== false) return 'ended'
  if (typeof error === 'string' && DEAD.has(error)) return 'unknown'
  throw notRevoked(status, typeof error === 'string' && /^\w{1,60}$/.test(error) ? error : 'it does not say why')
}

function notRevoked(status: number, why: string): OutsideError {
  return new OutsideError('revocation_refused', `The application did not revoke the access (${status}: ${why}).`, {
    retryable: true,
    httpStatus: status,
  })
}

function parseObject(body: string): { ok?: unknown; error?: unknown } {
  try {
    const json = JSON.parse(body)
    return typeof json === 'object' && json !== null ? json : {}
  } catch {
    return {}
  }
}
