import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { CommandsContext } from '#commands/context.ts'
import { findSurfaceApp } from '#commands/surfaces/installed-apps.ts'
import { receiveEvent } from '#commands/surfaces/receive-event.ts'
import { recordForgery } from '#commands/surfaces/record-forgery.ts'
import { UserError } from '#core/errors.ts'
import { isId, newId } from '#core/ids.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import { inSpan } from '#core/trace.ts'
import { Activity, isPersonal, readText } from './activity.ts'
import { answerInvoke } from './answer-invoke.ts'
import { readSent } from './sent.ts'
import { doubtOf } from './verify-activity.ts'

/** The one address Teams sends to, of each app its own. */
export function teamsRoutes(ctx: CommandsContext): Hono {
  const routes = new Hono()
  routes.post('/:app/messages', bodyLimit({ maxSize: 256 * 1024 }), (c) => receive(ctx, c))
  return routes
}

/** Verified, written down, acknowledged; what Teams waits for is answered at once. */
async function receive(ctx: CommandsContext, c: Context): Promise<Response> {
  const { app, activity } = await verify(ctx, c)
  const deliveryKey = keyOf(activity)
  const isInvoke = activity.type === 'invoke'
  if (!isInvoke && !isForUs(activity)) return c.json({}, 200)
  const sender = activity.from.id
  const event = { workspaceId: app.workspaceId, appId: app.id, deliveryKey, sender, body: activity, later: !isInvoke }
  const isNew = await receiveEvent(ctx, event)
  if (!isInvoke || !isNew) return c.json({}, 200)
  const hop = { name: `surfaces/${app.surface}`, kind: 'server' } as const
  const answer = await inSpan(ctx, hop, () => answerInvoke(ctx, app, { activity, deliveryKey }))
  return answer ? c.json(answer, 200) : c.json({ error: 'unknown invoke' }, 501)
}

/** The app a request is to, and what it says; `activity_refused` (401), on record, where it is not Microsoft's to that app. */
async function verify(ctx: CommandsContext, c: Context): Promise<{ app: SurfaceApp; activity: Activity }> {
  const id = c.req.param('app') ?? ''
  const app = isId('surfaceApp', id) ? await findSurfaceApp(ctx, id) : undefined
  const read = Activity.safeParse(await c.req.json().catch(() => null))
  if (app?.surface !== 'teams' || !read.success) throw refused()
  const authorization = c.req.header('authorization')
  const clientAddress = c.get('clientAddress') ?? ''
  const doubt = await doubtOf(ctx, app, { activity: read.data, authorization, clientAddress })
  if (doubt === undefined) return { app, activity: read.data }
  await recordForgery(ctx, app, { why: doubt, ip: clientAddress })
  throw refused()
}

const refused = () =>
  new UserError('activity_refused', 'This request is not Microsoft Teams’ to an app that is set up here.', {
    status: 401,
  })

/** The same for every repetition; a welcome is said once to each chat, however often Teams says that the app was added. */
function keyOf({ type, id, conversation }: Activity): string {
  if (type === 'installationUpdate') return `welcome/${conversation.id}`
  return `${type}/${conversation.id}/${id || newId('surfaceEvent')}`
}

/** What people say to the bot, and that it was added to somebody's own chat. */
function isForUs(activity: Activity): boolean {
  const { type, id, value, from } = activity
  if (from.role === 'bot' || from.id.startsWith('28:')) return false
  if (type === 'message') return id !== '' && (readText(activity) !== null || readSent(value) !== undefined)
  return activity.type === 'installationUpdate' && activity.action?.startsWith('add') === true && isPersonal(activity)
}
