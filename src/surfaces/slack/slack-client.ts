import type { webApi } from '@slack/bolt'
import type { SocketModeClient } from '@slack/socket-mode'
import type { CommandsContext } from '#commands/context.ts'
import {
  findInstallation,
  findSurfaceApp,
  openAppSecret,
  openInstallationCredential,
} from '#commands/surfaces/installed-apps.ts'
import { OutsideError } from '#core/errors.ts'
import type { Secret } from '#core/secret.ts'
import type { SurfaceApp, SurfaceInstallation } from '#core/surface-app.ts'
import type { Place } from './place.ts'

/** Calls a method of Slack's Web API. Throws `OutsideError`: `slack_refused` with Slack's own word in `details.error`. */
export type CallSlack = (method: string, args: Record<string, unknown>) => Promise<webApi.WebAPICallResult>

/** An installation, and how the app speaks there. */
export interface Spoken {
  app: SurfaceApp
  installation: SurfaceInstallation
  call: CallSlack
}

/** The installation a place is in; throws `OutsideError('surface_uninstalled')`, not retryable, where the app is there no longer. */
export async function speakAt(
  ctx: CommandsContext,
  { app: id, tenant }: Pick<Place, 'app' | 'tenant'>,
): Promise<Spoken> {
  const app = await findSurfaceApp(ctx, id)
  const installation = app && (await findInstallation(ctx, app, tenant))
  if (installation)
    return { app, installation, call: callerFor(ctx, app, await openInstallationCredential(ctx, installation)) }
  throw new OutsideError('surface_uninstalled', 'The app is no longer installed in this Slack workspace.', {
    retryable: false,
  })
}

/** Calls as whoever the token is of; without one, as nobody. */
function callerFor(ctx: CommandsContext, app: SurfaceApp, token: Secret | null): CallSlack {
  const client = makeClient(ctx, app, token)
  return async (method, args) => {
    try {
      return await (await client).apiCall(method, args)
    } catch (error) {
      throw await outsideErrorOf(error)
    }
  }
}

async function makeClient(ctx: CommandsContext, app: SurfaceApp, token: Secret | null): Promise<webApi.WebClient> {
  const { webApi } = await import('@slack/bolt')
  return new webApi.WebClient(token?.reveal(), {
    slackApiUrl: new URL('/api/', app.settings.host).href,
    fetch: fetchByEgress(ctx),
    // why: the outbox tries again, at the time Slack says.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
  })
}

// why: the library logs arguments of calls, which are private messages.
const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => 'error' as never,
  setName() {},
}

type SlackFetch = NonNullable<webApi.WebClientOptions['fetch']>

/** `fetch` for Slack's client, going out by our egress. */
function fetchByEgress({ egress }: CommandsContext): SlackFetch {
  return async (url, init = {}) => {
    const { body, headers, signal } = init
    if (body !== undefined && typeof body !== 'string') throw new TypeError('Only texts are sent')
    const response = await egress({
      method: init.method === 'GET' ? 'GET' : 'POST',
      url: new URL(url),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    })
    return new Response(response.body, { status: response.status, headers: response.headers })
  }
}

/** Slack's own: what is older may be a copy. */
const STALE_SECONDS = 300

/** Whether a request is signed with the app's signing secret, and of these minutes. */
export async function isSigned(
  ctx: CommandsContext,
  app: SurfaceApp,
  { body, signature, seconds }: { body: string; signature: string; seconds: number },
): Promise<boolean> {
  const now = ctx.clock().getTime()
  if (!(Math.abs(now / 1000 - seconds) <= STALE_SECONDS) || !app.secretsKept.includes('signing_secret')) return false
  const { isValidSlackRequest } = await import('@slack/bolt')
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': seconds }
  const signingSecret = (await openAppSecret(ctx, app, 'signing_secret')).reveal()
  return isValidSlackRequest({ signingSecret, body, headers, nowMilliseconds: now })
}

/** Exchanges the code of an installation, as the app's client. */
export async function exchangeCode(
  ctx: CommandsContext,
  app: SurfaceApp,
  { code, redirectUri }: { code: string; redirectUri: string },
): Promise<webApi.OauthV2AccessResponse> {
  return callerFor(
    ctx,
    app,
    null,
  )('oauth.v2.access', {
    client_id: app.settings.client_id,
    client_secret: (await openAppSecret(ctx, app, 'client_secret')).reveal(),
    code,
    redirect_uri: redirectUri,
  })
}

/** Whether Slack takes the app-level token; throws `OutsideError` where it does not. */
export async function tryAppToken(ctx: CommandsContext, app: SurfaceApp): Promise<void> {
  await callerFor(ctx, app, await openAppSecret(ctx, app, 'app_token'))('apps.connections.open', {})
}

/** A client that opens Slack's web socket by our egress, and opens it again whenever it ends. */
export async function openSocketClient(ctx: CommandsContext, app: SurfaceApp): Promise<SocketModeClient> {
  const { SocketModeClient } = await import('@slack/socket-mode')
  return new SocketModeClient({
    appToken: (await openAppSecret(ctx, app, 'app_token')).reveal(),
    logger: SILENT,
    dispatcher: ctx.socketDispatcher,
    clientOptions: {
      slackApiUrl: new URL('/api/', app.settings.host).href,
      fetch: fetchByEgress(ctx),
      retryConfig: { retries: 2 },
    },
  })
}

/** What Slack says when a try later may work. */
const PASSING = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited'])

async function outsideErrorOf(error: unknown): Promise<unknown> {
  const { webApi } = await import('@slack/bolt')
  if (error instanceof webApi.WebAPIRateLimitedError)
    return new OutsideError('slack_rate_limited', 'Slack asks to wait.', {
      retryable: true,
      httpStatus: 429,
      retryAfterMs: error.retryAfter * 1000,
    })
  if (error instanceof webApi.WebAPIPlatformError)
    return new OutsideError('slack_refused', wordsFor(error.data.error), {
      retryable: PASSING.has(error.data.error),
      details: { error: error.data.error },
    })
  if (error instanceof webApi.WebAPIHTTPError)
    return new OutsideError('slack_failed', `Slack answered with HTTP status ${error.statusCode}.`, {
      retryable: error.statusCode >= 500,
      httpStatus: error.statusCode,
    })
  if (error instanceof webApi.WebAPIRequestError)
    return error.original instanceof OutsideError
      ? error.original
      : new OutsideError('slack_failed', 'Slack could not be reached.', { retryable: true })
  return error
}

const WORDS: Record<string, string> = {
  channel_not_found: 'The Slack channel is not there any more, or the app is not in it.',
  is_archived: 'The Slack channel is archived.',
  not_in_channel: 'The app is no member of the Slack channel.',
  user_not_in_channel: 'The person is no member of the Slack channel.',
  user_not_found: 'The person is not there in Slack any more.',
  user_disabled: 'The person’s Slack account is deactivated.',
  cannot_dm_bot: 'Slack sends no direct messages to bots.',
  account_inactive: 'The app was removed from the Slack workspace.',
  token_revoked: 'The app was removed from the Slack workspace.',
  invalid_auth: 'Slack does not accept the app’s token any more. Install the app again.',
  messages_tab_disabled: 'The Slack app takes no direct messages: turn on the Messages tab of its App Home.',
}

const wordsFor = (error: string): string => WORDS[error] ?? `Slack refused it: ${error}.`

/** Slack's own word for a refusal; null for any other fault. */
export function refusalIn(error: unknown): string | null {
  const isRefusal = error instanceof OutsideError && error.code === 'slack_refused'
  return isRefusal ? String(error.details?.error) : null
}
