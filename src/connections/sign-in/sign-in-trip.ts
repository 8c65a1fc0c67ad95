import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import * as oauth from 'openid-client'
import { OutsideError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { ConnectionsContext } from '../context.ts'
import { unwrapOutsideError } from '../egress-fetch.ts'
import { open, seal } from '../sealing/seal.ts'
import { discoverProvider } from './discover-provider.ts'
import { type SignInProvider, signInRedirectUri } from './sign-in-provider.ts'

/** How long a person may take at the provider. */
const TRIP_LIFE_MS = 15 * 60 * 1000
export const TRIP_LIFE_SECONDS = TRIP_LIFE_MS / 1000

/** What a provider said of the person who signed in there, its signature verified. */
export interface SignInClaims {
  /** Never changes for one person at one provider, and means nothing at another. */
  sub: string
  email: string | null
  /** Null where the provider does not say. */
  emailVerified: boolean | null
  name: string | null
  /** All it said. */
  claims: Record<string, unknown>
}

/** Why an answer was not taken. */
export type TripRefusal =
  | 'unknown_state'
  | 'another_provider'
  | 'another_browser'
  | 'lapsed'
  | 'replayed'
  | 'denied'
  | 'code_refused'
  | 'answer_refused'

export type FinishedTrip =
  | { kind: 'answered'; claims: SignInClaims; returnTo: string }
  | { kind: 'refused'; why: TripRefusal; returnTo: string | null }

interface Checks {
  nonce: string
  verifier: string
}

/**
 * Begins a trip to a provider. `state`, `nonce` and the PKCE verifier are fresh; the trip is bound to the browser that gets `browserToken`
 * as its cookie, lives 15 minutes, and can be finished once. Throws `OutsideError('sign_in_provider_unusable')`.
 */
export async function startTrip(
  ctx: ConnectionsContext,
  provider: SignInProvider,
  returnTo: string,
): Promise<{ url: URL; browserToken: string }> {
  const configuration = await discoverProvider(ctx, provider)
  const id = newId('signInAttempt')
  const [state, nonce, browserToken] = [chance(), chance(), chance()]
  const verifier = randomBytes(48).toString('base64url')
  const now = ctx.clock()
  await ctx.db
    .insertInto('sign_in_attempts')
    .values({
      id,
      provider_id: provider.id,
      state_hash: hash(state),
      browser_hash: hash(browserToken),
      sealed_checks: await seal(ctx.keys, place(id), { nonce, verifier } satisfies Checks),
      return_to: returnTo,
      created_at: now,
      expires_at: new Date(now.getTime() + TRIP_LIFE_MS),
    })
    .execute()
  const url = oauth.buildAuthorizationUrl(configuration, {
    response_type: 'code',
    redirect_uri: signInRedirectUri(ctx, provider.id).href,
    scope: 'openid email profile',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return { url, browserToken }
}

/**
 * Finishes a trip with what came to the provider's redirect URI. Before the code is exchanged: `state`, this provider's own address, the
 * browser that began, in time, the first answer. With the exchange: `iss`, PKCE, the ID token's signature, issuer, audience, times and
 * `nonce`. What does not fit is a value, and uses the trip up; a provider that fails is thrown as `OutsideError`.
 */
export async function finishTrip(
  ctx: ConnectionsContext,
  provider: SignInProvider,
  { query, browserToken }: { query: URLSearchParams; browserToken: string | undefined },
): Promise<FinishedTrip> {
  const attempt = await findAttempt(ctx, query.get('state') ?? '')
  if (!attempt) return { kind: 'refused', why: 'unknown_state', returnTo: null }
  const refused = (why: TripRefusal) => ({ kind: 'refused', why, returnTo: attempt.return_to }) as const
  if (!(await consume(ctx, attempt.id))) return refused('replayed')
  if (attempt.provider_id !== provider.id) return refused('another_provider')
  if (!timingSafeEqual(attempt.browser_hash, hash(browserToken ?? ''))) return refused('another_browser')
  if (attempt.expires_at <= ctx.clock()) return refused('lapsed')
  if (query.has('error')) return refused('denied')
  const { nonce, verifier } = await open<Checks>(ctx.keys, place(attempt.id), attempt.sealed_checks)
  const answer = await exchange(ctx, provider, { query, nonce, verifier })
  if (typeof answer === 'string') return refused(answer)
  return { kind: 'answered', claims: answer, returnTo: attempt.return_to }
}

/** Forgets trips that nobody can finish any more. */
export async function deleteOldTrips(ctx: ConnectionsContext): Promise<void> {
  await ctx.db.deleteFrom('sign_in_attempts').where('expires_at', '<=', ctx.clock()).execute()
}

function findAttempt(ctx: ConnectionsContext, state: string) {
  return ctx.db.selectFrom('sign_in_attempts').selectAll().where('state_hash', '=', hash(state)).executeTakeFirst()
}

async function consume(ctx: ConnectionsContext, id: string): Promise<boolean> {
  const consumed = await ctx.db
    .updateTable('sign_in_attempts')
    .set({ consumed_at: ctx.clock() })
    .where('id', '=', id)
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  return consumed.numUpdatedRows > 0n
}

async function exchange(
  ctx: ConnectionsContext,
  provider: SignInProvider,
  { query, nonce, verifier }: Checks & { query: URLSearchParams },
): Promise<SignInClaims | TripRefusal> {
  const configuration = await discoverProvider(ctx, provider)
  const callback = signInRedirectUri(ctx, provider.id)
  for (const [name, value] of query) callback.searchParams.append(name, value)
  try {
    const tokens = await oauth.authorizationCodeGrant(configuration, callback, {
      expectedState: query.get('state') ?? '',
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    return await readClaims(configuration, tokens)
  } catch (error) {
    return refusalOf(provider, error)
  }
}

async function readClaims(
  configuration: oauth.Configuration,
  tokens: Awaited<ReturnType<typeof oauth.authorizationCodeGrant>>,
): Promise<SignInClaims> {
  const token = tokens.claims() as oauth.IDToken
  // why: with the code flow a provider may keep the profile out of the ID token (OpenID Connect Core, section 5.4).
  const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined
  const more =
    token.email === undefined && hasUserInfo
      ? await oauth.fetchUserInfo(configuration, tokens.access_token, token.sub)
      : {}
  const claims: Record<string, unknown> = { ...token, ...more }
  return {
    sub: token.sub,
    email: typeof claims.email === 'string' ? claims.email.trim() : null,
    // Some providers write it as a text.
    emailVerified:
      claims.email_verified === undefined ? null : claims.email_verified === true || claims.email_verified === 'true',
    name: typeof claims.name === 'string' ? claims.name : null,
    claims,
  }
}

/** A provider in trouble, or one that refuses our client, is thrown; an answer that does not fit is a refusal. No original is attached. */
function refusalOf({ label }: SignInProvider, error: unknown): TripRefusal {
  const known = unwrapOutsideError(error)
  if (known instanceof OutsideError) throw known
  if (error instanceof oauth.AuthorizationResponseError) return 'denied'
  if (!(error instanceof oauth.ResponseBodyError)) return 'answer_refused'
  if (error.error === 'invalid_grant') return 'code_refused'
  throw new OutsideError(
    'sign_in_provider_unusable',
    `${label} refuses Behalf’s client (${error.error.slice(0, 60)}). Its client id, secret or redirect URI is not right.`,
    { retryable: false },
  )
}

const place = (id: string) => ({ table: 'sign_in_attempts', id, column: 'sealed_checks' }) as const
const chance = (): string => randomBytes(32).toString('base64url')
const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
