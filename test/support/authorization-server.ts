import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type Adapter, type Configuration } from 'oidc-provider'
import { createFaults, type Faults } from '../../demo/crm/faults.ts'
import { endGrant, hashToken, type OAuthRows, oauthAdapter } from '../../demo/crm/oauth-adapter.ts'
import { type RefreshRequest, withGrace } from './refresh-log.ts'

export interface AuthorizationServerOptions {
  /** Default 300. */
  accessTokenSeconds?: number
  /** Whether every refresh gives a new refresh token, and reuse of an old one ends the grant. Default true. */
  rotate?: boolean
  /** How long a refresh token that was used is accepted again. Default 0: a second use ends the grant. */
  graceSeconds?: number
  /** Told of each refresh that was carried out or refused, before its answer is sent; `cut` sends none. */
  onRefresh?(request: RefreshRequest): Promise<'answer' | 'cut'>
  /** Default true. */
  pkceRequired?: boolean
  /** Whether there is an RFC 7009 endpoint; it ends the whole grant, whichever token it is given. Default true. */
  revocation?: boolean
  /** Every answer comes this much later. Default 0. */
  delayMs?: number
  /** Default: any free one. */
  port?: number
  /** Whether the ID token itself tells e-mail and name, rather than `/userinfo` alone. Default true. */
  claimsInIdToken?: boolean
  /** Callback addresses known from the start. */
  redirectUris?: string[]
  client?: { client_id: string; client_secret: string }
  /** Claims that `openid` brings along beside `sub`. */
  openidClaims?: string[]
}

/** Where it can be told to misbehave. */
export type Place = 'token' | 'revoke' | 'me' | 'things'

/** One use of an access token at `/me` or `/things`. */
export interface TokenUse {
  method: string
  path: string
  /** The account whose token it was; null when it was missing or dead. */
  account: string | null
  /** Names the access token without being it. */
  tokenHash: string | null
}

/** A plain authorization server with a small resource server, for tests. */
export interface AuthorizationServer {
  /** Its issuer; `/authorize`, `/token`, `/revoke`, `/userinfo`, `/me` and `/things` are below it. */
  url: string
  client: { client_id: string; client_secret: string }
  stop(): Promise<void>
  addRedirectUri(uri: string): void
  /** Token requests by `grant_type`; those ordered to fail count as `failed`. */
  readonly tokenRequests: Readonly<Record<string, number>>
  /** Every refresh that was carried out or refused, oldest first. */
  readonly refreshes: readonly RefreshRequest[]
  /** A token response as if this account had just consented, without its browser. */
  issue(account: string): Promise<{ access_token: string; refresh_token: string; expires_in: number }>
  /** Revocation requests that were carried out. */
  readonly revocations: number
  /** Every use of an access token, oldest first. */
  readonly uses: readonly TokenUse[]
  /** What was put into `/things`, oldest first, with the account whose token was used. */
  readonly things: readonly { account: string; thing: unknown }[]
  liveGrantsOf(account: string): number
  revokeGrantsOf(account: string): void
  /** Of everybody, or of one account. */
  expireAccessTokens(account?: string): void
  /** The next `n` requests at `place` are answered with `status` and do nothing. */
  failNext: Faults<Place>['failNext']
  /** The next request at `place` is carried out, but its connection is cut before the answer. */
  dropNextResponse: Faults<Place>['dropNextResponse']
  setDelayMs: Faults<Place>['setDelayMs']
  /** The `iss` of callbacks from now on: something else, nothing (null), or `undefined` for the truth. */
  setCallbackIssuer(issuer: string | null | undefined): void
  /** What it says of an account besides its `sub`. Default `{ email: '<account>@acme.test', email_verified: true, name: '<account>' }`. */
  setClaims(account: string, claims: Record<string, unknown>): void
}

/** The cookie in which a test's browser says who is sitting there: an account name, or `deny` to refuse. */
export const ACCOUNT_COOKIE = 'as_account'

interface State {
  client: { client_id: string; client_secret: string }
  rows: OAuthRows
  redirectUris: string[]
  faults: Faults<Place>
  tokenRequests: Record<string, number>
  refreshes: RefreshRequest[]
  revocations: number
  uses: TokenUse[]
  things: { account: string; thing: unknown }[]
  callbackIssuer: string | null | undefined
  claims: Map<string, Record<string, unknown>>
}

const CLIENT = { client_id: 'behalf', client_secret: 'secret-of-the-test-client' }
const DAY = 86_400
const SCOPE = 'things offline_access'

/**
 * Starts a strict OAuth 2.0 server on 127.0.0.1. It has no pages: the person is the `login_hint` of the request or the browser's
 * `as_account` cookie, and consents at once; `deny` refuses. Scopes: `things`, `offline_access` (a refresh token comes in any case), `openid`, `email`,
 * `profile`.
 */
export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { answer, ...opened } = openAuthorizationServer(url, options)
  server.on('request', answer)
  return Object.assign(opened.controls, { url, client: opened.client, issue: opened.issue, stop: () => stop(server) })
}

/** That server without its port: `answer` answers the requests that come to `url`. */
export function openAuthorizationServer(url: string, options: AuthorizationServerOptions) {
  const state: State = {
    client: options.client ?? CLIENT,
    rows: {},
    redirectUris: [...(options.redirectUris ?? [])],
    faults: createFaults<Place>(options.delayMs),
    tokenRequests: {},
    refreshes: [],
    revocations: 0,
    uses: [],
    things: [],
    callbackIssuer: undefined,
    claims: new Map(),
  }
  const provider = new Provider(url, configuration(state, options))
  provider.use(misbehave(state, options))
  provider.use(interact(provider))
  provider.use(serveResources(provider, state))
  provider.use(alterCallback(state))
  const issue = (account: string) => issueTokens(provider, state, account)
  return { controls: controls(state), client: state.client, issue, answer: provider.callback() }
}

function configuration(state: State, options: AuthorizationServerOptions): Configuration {
  const {
    accessTokenSeconds = 300,
    rotate = true,
    graceSeconds = 0,
    pkceRequired = true,
    revocation = true,
    claimsInIdToken = true,
  } = options
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  const adapterOf = oauthAdapter({
    rows: state.rows,
    saved: async () => {},
    findClient: (id) => (id === state.client.client_id ? clientMetadata(state) : undefined),
  }) as (model: string) => Adapter
  const cookies = { signed: false, httpOnly: true, sameSite: 'lax', overwrite: true } as const
  return {
    adapter: (model: string) =>
      model === 'RefreshToken' ? withGrace(adapterOf(model), state.rows, graceSeconds) : adapterOf(model),
    jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig' } as never] },
    routes: {
      authorization: '/authorize',
      token: '/token',
      revocation: '/revoke',
      jwks: '/jwks',
      userinfo: '/userinfo',
    },
    scopes: ['openid', 'offline_access', 'things', 'email', 'profile'],
    claims: { openid: ['sub', ...(options.openidClaims ?? [])], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !claimsInIdToken,
    responseTypes: ['code'],
    pkce: { required: () => pkceRequired },
    rotateRefreshToken: rotate,
    issueRefreshToken: async () => true,
    expiresWithSession: async () => false,
    revokeGrantPolicy: () => true,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      revocation: {
        enabled: revocation,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 300,
      Interaction: 300,
      RefreshToken: 30 * DAY,
      Grant: 300 * DAY,
      Session: 300,
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: async (_ctx, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, ...(state.claims.get(accountId) ?? defaultClaims(accountId)) }),
    }),
    cookies: {
      names: { session: 'as_session', interaction: 'as_interaction', resume: 'as_resume' },
      long: cookies,
      short: cookies,
    },
  }
}

const defaultClaims = (account: string) => ({ email: `${account}@acme.test`, email_verified: true, name: account })

function clientMetadata({ client, redirectUris }: State) {
  return {
    ...client,
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    id_token_signed_response_alg: 'ES256' as const,
  }
}

type Middleware = Parameters<Provider['use']>[0]

function misbehave(state: State, { onRefresh }: AuthorizationServerOptions): Middleware {
  return async (ctx, next) => {
    const place = ctx.path.split('/')[1] as Place
    if (!['token', 'revoke', 'me', 'things'].includes(place)) return next()
    const fault = await state.faults.meet(place)
    if (fault) {
      if (place === 'token') state.tokenRequests.failed = (state.tokenRequests.failed ?? 0) + 1
      ctx.set(fault.headers)
      ctx.body = { error: 'temporarily_unavailable' }
      ctx.status = fault.status
      return
    }
    await next()
    const kind = String(ctx.oidc?.params?.grant_type ?? 'unreadable')
    if (place === 'token') state.tokenRequests[kind] = (state.tokenRequests[kind] ?? 0) + 1
    if (place === 'revoke' && ctx.status === 200) state.revocations++
    const refresh = kind === 'refresh_token' ? noteRefresh(state, ctx) : undefined
    const cut = state.faults.takeDrop(place) || (refresh && (await onRefresh?.(refresh)) === 'cut')
    if (refresh) Object.assign(refresh, { endedAt: Date.now(), cut: Boolean(cut) })
    if (cut) ctx.req.socket.destroy()
  }
}

function noteRefresh(state: State, ctx: Parameters<Middleware>[0]): RefreshRequest {
  const token = ctx.oidc.entities.RotatedRefreshToken ?? ctx.oidc.entities.RefreshToken
  const refresh: RefreshRequest = {
    account: token?.accountId ?? null,
    sender: ctx.get('x-sender') || null,
    presented: hashToken(String(ctx.oidc.params?.refresh_token)),
    outcome: ctx.status === 200 ? 'granted' : 'refused',
    at: Date.now(),
    endedAt: null,
    cut: false,
  }
  state.refreshes.push(refresh)
  return refresh
}

async function issueTokens(provider: Provider, { client: { client_id } }: State, accountId: string) {
  const client = await provider.Client.find(client_id)
  if (!client) throw new Error('the test client is not there')
  const grant = new provider.Grant({ accountId, clientId: client_id })
  grant.addOIDCScope(SCOPE)
  const of = { accountId, client, grantId: await grant.save(), gty: 'authorization_code', scope: SCOPE }
  const access = new provider.AccessToken(of as never)
  const refresh = new provider.RefreshToken({ ...of, expiresWithSession: false } as never)
  const [access_token, refresh_token] = [await access.save(), await refresh.save()]
  return { access_token, refresh_token, expires_in: access.expiration }
}

function interact(provider: Provider): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next()
    const { params } = await provider.interactionDetails(ctx.req, ctx.res)
    const accountId = String(params.login_hint ?? ctx.cookies.get(ACCOUNT_COOKIE) ?? '')
    if (!accountId) {
      ctx.body = `Nobody is sitting here: say who by login_hint or the cookie ${ACCOUNT_COOKIE}.`
      ctx.status = 400
      return
    }
    const clientId = String(params.client_id)
    const grant = new provider.Grant({ accountId, clientId })
    grant.addOIDCScope(String(params.scope ?? ''))
    const result =
      accountId === 'deny'
        ? { error: 'access_denied', error_description: 'the person refused' }
        : { login: { accountId }, consent: { grantId: await grant.save() } }
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }))
  }
}

function serveResources(provider: Provider, state: State): Middleware {
  return async (ctx, next) => {
    if (!/^\/(me|things)$/.test(ctx.path)) return next()
    const value = /^Bearer (.+)$/i.exec(ctx.get('authorization'))?.[1]
    const token = value ? await provider.AccessToken.find(value) : undefined
    const alive = token?.isValid && token.grantId && (await provider.Grant.find(token.grantId))
    const account = alive ? token.accountId : null
    state.uses.push({ method: ctx.method, path: ctx.path, account, tokenHash: value ? hashToken(value) : null })
    if (!account) {
      ctx.set('www-authenticate', 'Bearer error="invalid_token"')
      ctx.body = { error: 'invalid_token' }
      ctx.status = 401
    } else if (ctx.path === '/me') {
      ctx.body = { sub: account, email: `${account}@acme.test`, name: account }
    } else {
      if (ctx.method === 'POST') state.things.push({ account, thing: await readJson(ctx.req) })
      ctx.body = { things: state.things }
    }
  }
}

function alterCallback(state: State): Middleware {
  return async (ctx, next) => {
    await next()
    const location = ctx.response.get('location')
    if (state.callbackIssuer === undefined || !location || !URL.canParse(location)) return
    const url = new URL(location)
    if (!url.searchParams.has('iss')) return
    if (state.callbackIssuer === null) url.searchParams.delete('iss')
    else url.searchParams.set('iss', state.callbackIssuer)
    ctx.set('location', url.href)
  }
}

function controls(state: State) {
  const grantsOf = (account: string) =>
    Object.entries(state.rows.Grant ?? {}).filter(([, { payload }]) => payload.accountId === account)
  return {
    addRedirectUri: (uri: string) => void state.redirectUris.push(uri),
    tokenRequests: state.tokenRequests,
    refreshes: state.refreshes,
    get revocations() {
      return state.revocations
    },
    uses: state.uses,
    things: state.things,
    liveGrantsOf: (account: string) => grantsOf(account).length,
    revokeGrantsOf(account: string) {
      for (const [grantId] of grantsOf(account)) endGrant(state.rows, grantId)
    },
    expireAccessTokens(account?: string) {
      const kept = Object.entries(state.rows.AccessToken ?? {}).filter(
        ([, { payload }]) => account !== undefined && payload.accountId !== account,
      )
      state.rows.AccessToken = Object.fromEntries(kept)
    },
    failNext: state.faults.failNext,
    dropNextResponse: state.faults.dropNextResponse,
    setDelayMs: state.faults.setDelayMs,
    setCallbackIssuer(issuer: string | null | undefined) {
      state.callbackIssuer = issuer
    },
    setClaims: (account: string, claims: Record<string, unknown>) => void state.claims.set(account, claims),
  }
}

async function readJson(request: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString() || 'null')
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
