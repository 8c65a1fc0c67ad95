import Provider, { type Configuration } from 'oidc-provider'
import type { CrmClient, CrmData } from './crm-data.ts'
import type { CrmPlace, Faults } from './faults.ts'
import { oauthAdapter } from './oauth-adapter.ts'
import { problemPage } from './pages/problem.ts'
import { findPerson } from './people.ts'
import { SCOPES, staysConnected } from './scopes.ts'
import type { Store } from './store.ts'
import { tokenResponse } from './token-response.ts'

/** What was asked of the authorization server since it started. */
export interface OAuthCounts {
  /** Token requests by `grant_type`, refused and failed ones too. */
  tokenRequests: Record<string, number>
  /** Revocation requests that ended a grant. */
  revocations: number
}

export interface AuthorizationServerOptions {
  /** The CRM's own origin: issuer, instance URL and base of every endpoint. */
  origin: string
  store: Store<CrmData>
  faults: Faults<CrmPlace>
  counts: OAuthCounts
  accessTokenSeconds: number
  /** Salesforce's token response has no `expires_in`; a test may want one. */
  sendExpiresIn: boolean
  pkceRequired: boolean
}

const YEAR = 365 * 86_400

/**
 * The CRM's authorization server at Salesforce's paths: authorization code with PKCE (S256), refresh tokens that rotate and whose
 * reuse ends the grant, `iss` in the callback, opaque tokens. Revocation is in `revoke.ts`.
 * Persons sign in and consent on the CRM's own pages, at `/interaction/:uid`.
 */
export function createAuthorizationServer(options: AuthorizationServerOptions): Provider {
  const { origin, store, sendExpiresIn } = options
  const provider = new Provider(origin, configuration(options))
  // why: URLs follow X-Forwarded-Proto and Host, which the CRM's listener sets from its public URL.
  provider.proxy = true
  provider.use(misbehaveAndCount(options))
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'token' || ctx.status !== 200) return
    const { Account, Client } = ctx.oidc.entities
    if (!Account || !Client) return
    ctx.body = tokenResponse(ctx.body as Record<string, unknown>, {
      origin,
      userId: findPersonByAccount(Account.accountId)!.userId,
      clientSecret: store.data.clients[Client.clientId]?.client_secret ?? '',
      sendExpiresIn,
    })
  })
  return provider
}

/** The person an account id of the authorization server stands for: an identity URL, of whatever origin the CRM then had. */
export function findPersonByAccount(accountId: string) {
  return findPerson(accountId.slice(accountId.lastIndexOf('/') + 1))
}

function configuration(options: AuthorizationServerOptions): Configuration {
  const { store } = options
  const cookies = { signed: true, httpOnly: true, sameSite: 'lax', overwrite: true } as const
  return {
    adapter: oauthAdapter({
      rows: store.data.oauth,
      saved: store.saved,
      findClient: (id) => clientMetadata(Object.hasOwn(store.data.clients, id) ? store.data.clients[id] : undefined),
    }),
    jwks: { keys: [store.data.signingKey as never] },
    routes: {
      authorization: '/services/oauth2/authorize',
      token: '/services/oauth2/token',
      revocation: '/services/oauth2/revoke',
      jwks: '/id/keys',
    },
    scopes: Object.keys(SCOPES),
    responseTypes: ['code'],
    pkce: { required: () => options.pkceRequired },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, _client, code) => staysConnected(code.scopes),
    expiresWithSession: async () => false,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      // Published here, carried out in revoke.ts.
      revocation: { enabled: true },
    },
    ttl: {
      AccessToken: options.accessTokenSeconds,
      AuthorizationCode: 300,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: YEAR,
      Grant: 10 * YEAR,
      Session: 3600,
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: async (_ctx, accountId) =>
      findPersonByAccount(accountId) ? { accountId, claims: async () => ({ sub: accountId }) } : undefined,
    cookies: {
      keys: [store.data.cookieKey],
      names: { session: 'crm_provider_session', interaction: 'crm_interaction', resume: 'crm_resume' },
      long: cookies,
      short: cookies,
    },
    renderError: async (ctx, out) => {
      ctx.type = 'html'
      ctx.body = String(await problemPage(out.error, out.error_description ?? ''))
    },
  }
}

function clientMetadata(client: CrmClient | undefined) {
  if (!client) return undefined
  return {
    client_id: client.client_id,
    client_secret: client.client_secret,
    client_name: client.client_name,
    redirect_uris: client.redirect_uris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'client_secret_post' as const,
  }
}

function misbehaveAndCount({ faults, counts }: AuthorizationServerOptions): Parameters<Provider['use']>[0] {
  return async (ctx, next) => {
    if (ctx.path !== '/services/oauth2/token') return next()
    const fault = await faults.meet('token')
    if (fault) {
      count(counts, 'failed')
      ctx.status = fault.status
      ctx.set(fault.headers)
      ctx.body = { error: 'temporarily_unavailable', error_description: 'Ordered by a test.' }
      return
    }
    await next()
    count(counts, String(ctx.oidc?.params?.grant_type ?? 'unreadable'))
    if (faults.takeDrop('token')) ctx.req.socket.destroy()
  }
}

function count({ tokenRequests }: OAuthCounts, kind: string): void {
  tokenRequests[kind] = (tokenRequests[kind] ?? 0) + 1
}
