import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { CommandsContext } from '#commands/context.ts'
import { listAppsOfSurface } from '#commands/surfaces/surface-apps.ts'
import { UserError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Slack } from './handle-event.ts'
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
  const app = await findSender(slack.ctx, apps, c, text)
  if (body.type === 'url_verification') return c.json({ challenge: body.challenge })
  const answer = await takeEvent(slack, app, body)
  return Object.keys(answer).length > 0 ? c.json(answer) : c.body(null, 200)
}

/** Bodies are JSON, but for commands, which are form fields, and interactions, which are JSON in a form field. */
function readBody(type: string, text: string): Record<string, unknown> {
  try {
    if (type.startsWith('application/json')) return JSON.parse(text)
    const fields = Object.fromEntries(new URLSearchParams(text))
    return fields.payload === undefined ? fields : JSON.parse(fields.payload)
  } catch {
    throw new UserError('request_invalid', 'This is nothing that Slack sends.')
  }
}

/** The app whose secret the request is signed with; `signature_refused` (401) where it is none's, or not of these minutes. */
async function findSender(ctx: CommandsContext, apps: SurfaceApp[], c: Context, body: string): Promise<SurfaceApp> {
  const signature = c.req.header('x-slack-signature') ?? ''
  const seconds = Number(c.req.header('x-slack-request-timestamp') ?? Number.NaN)
  for (const app of apps) if (await isSigned(ctx, app, { body, signature, seconds })) return app
  throw new UserError(
    'signature_refused',
    'This request is not signed by Slack for an app that is set up here, or is too old.',
    {
      status: 401,
    },
  )
}
