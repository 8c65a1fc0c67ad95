import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie } from 'hono/cookie'
import { streamSSE } from 'hono/streaming'
import {
  addChatLine,
  type ChatLine,
  changeChatLine,
  lastOfChat,
  listChatLines,
  listenToChat,
} from '#commands/chat/chat-lines.ts'
import type { CommandsContext } from '#commands/context.ts'
import { cookieOf, identifySession } from '#commands/identify.ts'
import { converse, type Speaker } from '#conversation/converse.ts'
import { plainMessage } from '#conversation/plain-message.ts'
import { answerPress } from '#conversation/press.ts'
import { readPress } from '#conversation/read-press.ts'
import { UserError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { Message } from '../surface.ts'

const MAX_LINE = 4000
const KEEP_ALIVE_MS = 25_000
const HOP = { name: 'surfaces/portal', kind: 'server' } as const

/** The chat of the signed-in person: what was said, saying something, and what is said from now on as server-sent events. */
export function chatRoutes(ctx: CommandsContext): Hono {
  const routes = new Hono()
  routes.get('/messages', async (c) => {
    const actor = await requireSession(ctx, c)
    return c.json({ data: (await listChatLines(ctx, actor)).map(presentLine) })
  })
  routes.post('/messages', bodyLimit({ maxSize: 64 * 1024 }), async (c) => {
    const actor = await requireSession(ctx, c)
    const text = readText(await readBody(c, ['text']))
    const lines = await inSpan(ctx, HOP, () => say(ctx, actor, text))
    return c.json({ data: lines.map(presentLine) })
  })
  routes.post('/presses', bodyLimit({ maxSize: 64 * 1024 }), async (c) => {
    const actor = await requireSession(ctx, c)
    const { press, line_id: lineId } = await readBody(c, ['press', 'line_id'])
    const pressed = { ...speakerOf(actor), press: readPress(press), values: null }
    const { messages, replaces } = await inSpan(ctx, HOP, () => answerPress(ctx, pressed))
    const [first, ...rest] = messages
    const changed = replaces && first && (await changeChatLine(ctx, actor, { id: String(lineId), message: first }))
    const said = await answer(ctx, actor, changed ? rest : messages)
    return c.json({ data: [...(changed ? [changed] : []), ...said].map(presentLine) })
  })
  routes.get('/stream', async (c) => {
    const actor = await requireSession(ctx, c)
    return streamLines(ctx, c, actor)
  })
  return routes
}

type Person = NonNullable<Awaited<ReturnType<typeof identifySession>>>

async function requireSession(ctx: CommandsContext, c: Context): Promise<Person> {
  const token = getCookie(c, cookieOf(ctx).name)
  const actor = token ? await identifySession(ctx, token) : undefined
  if (!actor) throw new UserError('not_signed_in', 'Sign in first.', { status: 401 })
  c.header('cache-control', 'no-store')
  return actor
}

async function isSignedIn(ctx: CommandsContext, c: Context): Promise<boolean> {
  const token = getCookie(c, cookieOf(ctx).name)
  return token !== undefined && (await identifySession(ctx, token)) !== undefined
}

async function readBody(c: Context, fields: string[]): Promise<Record<string, unknown>> {
  const body = await c.req.json().catch(() => null)
  const unknown = Object.keys(body ?? {}).find((name) => !fields.includes(name))
  if (unknown !== undefined)
    throw new UserError(
      'request_invalid',
      `The request does not fit: body.${unknown.slice(0, 100)}: is not known here.`,
    )
  return body ?? {}
}

function readText({ text }: Record<string, unknown>): string {
  if (typeof text !== 'string' || text.trim() === '' || text.length > MAX_LINE)
    throw new UserError('chat_line_invalid', `Say something, in at most ${MAX_LINE} characters.`, { status: 422 })
  return text
}

/** Adds the person's line and the immediate answers to the chat. */
async function say(ctx: CommandsContext, actor: Person, text: string): Promise<ChatLine[]> {
  const mine = await addChatLine(ctx, { ...whose(actor), from: 'me', kind: 'said', message: plainMessage(text) })
  const { messages } = await converse(ctx, { ...speakerOf(actor), text })
  return [...(mine ? [mine] : []), ...(await answer(ctx, actor, messages))]
}

const whose = ({ person }: Person) => ({ workspaceId: person.workspaceId, personId: person.id })

const speakerOf = (actor: Person): Speaker => ({
  actor,
  origin: { surface: 'portal', address: { return_to: '/chat' } },
  conversation: 'portal',
  deliveryKey: newId('message'),
  canOpenForm: false,
})

async function answer(ctx: CommandsContext, actor: Person, messages: readonly Message[]): Promise<ChatLine[]> {
  const lines: ChatLine[] = []
  for (const message of messages) {
    const line = await addChatLine(ctx, { ...whose(actor), from: 'behalf', kind: 'reply', message })
    if (line) lines.push(line)
  }
  return lines
}

function streamLines(ctx: CommandsContext, c: Context, actor: Person): Response {
  // why: proxies that buffer would hold every line back.
  c.header('x-accel-buffering', 'no')
  return streamSSE(c, async (stream) => {
    let last = c.req.header('last-event-id') ?? (await lastOfChat(ctx, actor))
    let wake = () => {}
    const stopListening = listenToChat(ctx, actor.person.id, () => wake())
    stream.onAbort(() => wake())
    await stream.writeSSE({ event: 'ready', data: '' })
    // why: a stream must not outlive the session it was opened with.
    while (!stream.aborted && !stream.closed && (await isSignedIn(ctx, c))) {
      const woken = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, KEEP_ALIVE_MS)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      const lines = await listChatLines(ctx, actor, last)
      for (const line of lines) {
        await stream.writeSSE({ event: 'message', id: line.seq, data: JSON.stringify(presentLine(line)) })
        last = line.seq
      }
      if (lines.length > 0) continue
      await woken
      await stream.writeSSE({ event: 'alive', data: '' })
    }
    stopListening()
  })
}

function presentLine({ id, from, kind, jobId, message, at }: ChatLine) {
  return { id, from, kind, job_id: jobId, items: [], buttons: [], menus: [], ...message, at: at.toISOString() }
}
