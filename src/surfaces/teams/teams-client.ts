import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import { openAppSecret } from '#commands/surfaces/installed-apps.ts'
import type { OutgoingResponse } from '#core/egress.ts'
import { OutsideError } from '#core/errors.ts'
import { Secret } from '#core/secret.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import { BOT_SCOPE, environmentOf, isServiceUrl } from './environment.ts'
import { memoryOf } from './memory.ts'

export interface TeamsCall {
  method: 'GET' | 'POST' | 'PUT'
  serviceUrl: string
  /** Behind it, from `v3/` on. */
  path: string
  body?: unknown
}

/**
 * Calls the Bot Connector API as the app. Answers what it answered, parsed. Throws `OutsideError`: `teams_rate_limited` with how long to
 * wait, `teams_failed` where it may succeed later; `teams_refused` (403) and `teams_gone` (404) where it will not.
 */
export async function callTeams(ctx: CommandsContext, app: SurfaceApp, call: TeamsCall): Promise<unknown> {
  const first = await send(ctx, app, call)
  if (first.status !== 401) return read(first)
  memoryOf(ctx).tokens.delete(tokenKey(app))
  return read(await send(ctx, app, call))
}

async function send(ctx: CommandsContext, app: SurfaceApp, call: TeamsCall): Promise<OutgoingResponse> {
  const environment = environmentOf(app, ctx.publicUrl)
  const { method, serviceUrl, path, body } = call
  if (!isServiceUrl(serviceUrl, environment))
    throw new OutsideError('teams_refused', 'This is no address of Microsoft Teams, so nothing was sent there.', {
      retryable: false,
    })
  const authorization = environment.isPlayground ? {} : await authorize(ctx, app)
  return ctx.egress({
    method,
    url: new URL(path, serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`),
    headers: { ...authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    timeoutMs: 20_000,
  })
}

async function authorize(ctx: CommandsContext, app: SurfaceApp): Promise<{ authorization: string }> {
  const { tokens } = memoryOf(ctx)
  const now = ctx.clock().getTime()
  const kept = tokens.get(tokenKey(app))
  const token = kept && kept.until > now ? kept.value : await requestToken(ctx, app)
  return { authorization: `Bearer ${token.reveal()}` }
}

const tokenKey = ({ id, version }: SurfaceApp): string => `${id}/${version}`

const Token = z.object({ access_token: z.string(), expires_in: z.coerce.number() })

/** Asks Entra for a token of the app's own, and keeps it. Throws `teams_failed` with what Entra says. */
export async function requestToken(ctx: CommandsContext, app: SurfaceApp): Promise<Secret> {
  const { app_id: clientId = '', tenant_id: tenant = '' } = app.settings
  const secret = await openAppSecret(ctx, app, 'client_secret')
  const { login } = environmentOf(app, ctx.publicUrl)
  const { status, body } = await ctx.egress({
    method: 'POST',
    url: new URL(`${login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret.reveal(),
      scope: BOT_SCOPE,
    }).toString(),
  })
  const answer = Token.safeParse(parse(body))
  if (status !== 200 || !answer.success)
    throw new OutsideError(
      'teams_failed',
      `Entra gave the app no token: ${entraWords(body) ?? `HTTP status ${status}`}.`,
      {
        retryable: true,
        httpStatus: status,
      },
    )
  const { access_token, expires_in } = answer.data
  const token = new Secret(access_token)
  const until = ctx.clock().getTime() + (expires_in - 300) * 1000
  memoryOf(ctx).tokens.set(tokenKey(app), { value: token, until })
  return token
}

/** `AADSTS7000215` and its sentence, without what is only for Microsoft's own logs. */
function entraWords(body: string): string | undefined {
  const said = z.object({ error_description: z.string() }).safeParse(parse(body))
  return said.success
    ? said.data.error_description
        .split(/ Trace ID:|\r?\n/)[0]
        ?.slice(0, 300)
        .replace(/\.$/, '')
    : undefined
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

function read({ status, body, headers }: OutgoingResponse): unknown {
  if (status >= 200 && status < 300) return parse(body)
  const code = z.object({ error: z.object({ code: z.string() }) }).safeParse(parse(body))
  const details = { error: code.success ? code.data.error.code.slice(0, 80) : null }
  const said = { httpStatus: status, details }
  if (status === 429)
    throw new OutsideError('teams_rate_limited', 'Microsoft Teams asks to wait.', {
      ...said,
      retryable: true,
      retryAfterMs: retryAfterMs(headers.get('retry-after')),
    })
  if (status === 403)
    throw new OutsideError(
      'teams_refused',
      'Microsoft Teams refused the message: the app is not installed there, was removed or blocked, or the person is gone.',
      { ...said, retryable: false },
    )
  if (status === 404 || status === 410)
    throw new OutsideError(
      'teams_gone',
      'The chat, channel, message or person is no longer there in Microsoft Teams.',
      {
        ...said,
        retryable: false,
      },
    )
  const passes = status >= 500 || [401, 408, 412].includes(status)
  throw new OutsideError('teams_failed', `Microsoft Teams answered with HTTP status ${status}.`, {
    ...said,
    retryable: passes,
  })
}

/** At least a second, at most ten minutes. */
const retryAfterMs = (header: string | null): number => Math.min(Math.max(Number(header) || 1, 1), 600) * 1000
