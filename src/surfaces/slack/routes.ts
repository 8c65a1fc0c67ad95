import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { CommandsContext } from '#commands/context.ts'
import { listAppsOfSurface } from '#commands/surfaces/installed-apps.ts'
import { recordForgery } from '#commands/surfaces/record-forgery.ts'
import { UserError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Slack } from './hear.ts'
import { installRoutes } from './install.ts'
import { isSigned } from './slack-client.ts'
import { takeEvent } from './take-event.ts'

const MOST_BYTES = 1024 * 1024

/** The one address that Slack sends events, commands and interactions to, and the way to install the app. */
export function slackRoutes(slack: Slack): Hono {
  const routes = new Hono()
  routes.post('/events', bodyLimit({ maxSize: MOST_BYTES }), (c) => receive(slack, c))
  routes.route('/', installRoutes(slack.ctx))
  return routes
}

/** Verified, written down, acknowledged; a form that is sent is answered with what is wrong with it. */
async function receive(slack: Slack, c: Context): Promise<Response> {
  const text = await c.req.text()
  const body = readBody(c.req.header('content-type') ?? '', text)
  const apps = await listAppsOfSurface(slack.ctx, 'slack')
  // Slack tries the address when the app is made there, before its secret can be known here.
  if (body.type === 'url_verification' && apps.length === 0) return c.json({ challenge: body.challenge })
  const app = await findSender(slack.ctx, apps, c, { text, body })
  if (body.type === 'url_verification') return c.json({ challenge: body.challenge })
  const answer = await takeEvent(slack, app, body)
  return Object.keys(answer).length > 0 ? c.json(answer) : c.body(null, 200)
}

/** Bodies are JSON, but for commands, which are form fields, and interactions, which are JSON in a form field. */
function readBody(type: string, text: string): Record<string, unknown> {
  const fields = type.startsWith('application/json') ? { payload: text } : Object.fromEntries(new URLSearchParams(text))
  const body = fields.payload === undefined ? fields : parseObject(fields.payload)
  if (body) return body
  throw new UserError('request_invalid', 'This is nothing that Slack sends.')
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The app whose secret the request is signed with; `signature_refused` (401), on record, where it is none's, or not of these minutes. */
async function findSender(
  ctx: CommandsContext,
  apps: SurfaceApp[],
  c: Context,
  { text, body }: Sent,
): Promise<SurfaceApp> {
  const signature = c.req.header('x-slack-signature') ?? ''
  const seconds = Number(c.req.header('x-slack-request-timestamp') ?? Number.NaN)
  for (const app of apps) if (await isSigned(ctx, app, { body: text, signature, seconds })) return app
  const claimed = apps.find(({ settings }) => settings.app_id === body.api_app_id) ?? apps[0]
  if (claimed) await recordForgery(ctx, claimed, { why: 'signature', ip: c.get('clientAddress') ?? '' })
  const message = 'This request is not signed by Slack for an app that is set up here, or is too old.'
  throw new UserError('signature_refused', message, { status: 401 })
}

/** A request's body, as it was signed and as it reads. */
interface Sent {
  text: string
  body: Record<string, unknown>
}
