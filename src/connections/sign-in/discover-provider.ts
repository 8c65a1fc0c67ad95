import * as oauth from 'openid-client'
import { OutsideError } from '#core/errors.ts'
import type { ConnectionsContext } from '../context.ts'
import { egressFetch, unwrapOutsideError } from '../egress-fetch.ts'
import { openClientSecret, type SignInProvider } from './sign-in-provider.ts'

const TIMEOUT_SECONDS = 15

/**
 * Reads what a provider says of itself (OpenID Connect Discovery), by the egress, and answers a client of it that verifies the signature
 * of every ID token against the provider's published keys. Throws `OutsideError('sign_in_provider_unusable')`, whose message says why.
 */
export async function discoverProvider(
  ctx: ConnectionsContext,
  provider: SignInProvider,
): Promise<oauth.Configuration> {
  const issuer = new URL(provider.issuer)
  const authentication = await clientAuthentication(ctx, provider)
  const configuration = await oauth
    .discovery(issuer, provider.clientId, undefined, authentication, {
      [oauth.customFetch]: egressFetch(ctx.egress),
      timeout: TIMEOUT_SECONDS,
      // why: an issuer on this machine, the only plain one there can be; whether it may be reached is the egress's decision.
      execute: issuer.protocol === 'http:' ? [oauth.allowInsecureRequests] : [],
    })
    .catch((error) => {
      throw unusable(provider, error)
    })
  checkMetadata(provider, configuration.serverMetadata())
  oauth.enableNonRepudiationChecks(configuration)
  return configuration
}

/** What the library lets pass for some vendors is refused here: the issuer is the one that was named, and nothing else. */
function checkMetadata(provider: SignInProvider, metadata: oauth.ServerMetadata): void {
  if (new URL(metadata.issuer).href !== new URL(provider.issuer).href)
    throw refused(provider, `it says its issuer is ${metadata.issuer}. Give that one, of your own tenant`)
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const url = metadata[name]
    if (!url || !URL.canParse(url)) throw refused(provider, `it names no ${name}`)
    const isSafe = new URL(url).protocol === 'https:' || provider.issuer.startsWith('http:')
    if (!isSafe) throw refused(provider, `its ${name} is not https`)
  }
}

/** The secret goes where the provider would rather have it, by the order of its list: in the header, which is the default, or in the body. */
async function clientAuthentication(ctx: ConnectionsContext, provider: SignInProvider): Promise<oauth.ClientAuth> {
  const secret = (await openClientSecret(ctx, provider)).reveal()
  if (secret === '') return oauth.None()
  return (server, ...rest) => {
    const first = server.token_endpoint_auth_methods_supported?.find((method) =>
      /^client_secret_(basic|post)$/.test(method),
    )
    const way = first === 'client_secret_post' ? oauth.ClientSecretPost : oauth.ClientSecretBasic
    return way(secret)(server, ...rest)
  }
}

/** The original is not attached: it holds the provider's whole answer. */
function unusable(provider: SignInProvider, error: unknown): OutsideError {
  const known = unwrapOutsideError(error)
  if (known instanceof OutsideError) return refused(provider, known.message.replace(/\.$/, ''), known.retryable)
  const code = (error as { code?: unknown })?.code
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED')
    return refused(provider, 'it says its issuer is another one. Look the issuer up in its discovery document')
  return refused(provider, 'there is no OpenID Connect discovery document at its issuer')
}

function refused({ label }: SignInProvider, why: string, retryable = false): OutsideError {
  return new OutsideError('sign_in_provider_unusable', `${label} cannot be used to sign in: ${why}.`, { retryable })
}

/** What a provider says of itself, for whoever sets it up. */
export async function describeDiscovered(
  ctx: ConnectionsContext,
  provider: SignInProvider,
): Promise<{ issuer: string; authorization_endpoint: string; token_endpoint: string }> {
  const {
    issuer,
    authorization_endpoint = '',
    token_endpoint = '',
  } = (await discoverProvider(ctx, provider)).serverMetadata()
  return { issuer, authorization_endpoint, token_endpoint }
}
