import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import type { ApiApp } from '../api-env.ts'
import { ChatMessage } from '../contract.ts'
import { answersAll, bodyOf } from '../route-parts.ts'

/** Only describes the routes of chat, so that the API's document is whole: a surface serves them, to sessions alone. */
export function describeChat(_ctx: CommandsContext, app: ApiApp): void {
  for (const route of [list, say, press, stream]) app.openAPIRegistry.registerPath(route)
}

const forSessions = { tags: ['Chat'], security: [{ session: [] }] }

const list = createRoute({
  method: 'get',
  path: '/chat/messages',
  operationId: 'listChatMessages',
  summary: 'What was said in my chat',
  ...forSessions,
  responses: answersAll(ChatMessage, 'The last 100, the newest last.'),
})

const say = createRoute({
  method: 'post',
  path: '/chat/messages',
  operationId: 'sayInChat',
  summary: 'Say something: run a command, answer what is asked, `help`',
  ...forSessions,
  request: bodyOf(z.strictObject({ text: z.string().min(1).max(4000) }).openapi('ChatLine')),
  responses: answersAll(ChatMessage, 'The line, and what is answered at once; what a job answers comes later.'),
})

const press = createRoute({
  method: 'post',
  path: '/chat/presses',
  operationId: 'pressInChat',
  summary: 'Press a button of a message',
  ...forSessions,
  request: bodyOf(
    z
      .strictObject({
        /** As the button has it. */
        press: z.record(z.string(), z.unknown()),
        /** The message that the button stands in: what it shows may change. */
        line_id: z.string().optional(),
      })
      .openapi('ChatPress'),
  ),
  responses: answersAll(ChatMessage, 'The message as it is now, where it changed, and what is answered at once.'),
})

const { 200: _, ...refusals } = answersAll(ChatMessage, '')

const stream = createRoute({
  method: 'get',
  path: '/chat/stream',
  operationId: 'streamChat',
  summary: 'What is said from now on, or from `last-event-id`, as server-sent events',
  ...forSessions,
  request: { headers: z.object({ 'last-event-id': z.string().optional() }) },
  responses: {
    200: {
      description: 'Events `message`, each with a ChatMessage as its data; `ready` at first, and `alive` now and then.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...refusals,
  },
})
