import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { ChannelId, Message } from '../messages.ts'

const History = z.object({
  ok: z.literal(true),
  messages: z.array(
    z.object({
      ts: z.string(),
      user: z.string().nullish(),
      text: z.string().catch(''),
      reply_count: z.int().catch(0),
    }),
  ),
})

export const readMessages = defineAction({
  name: 'read_messages',
  label: 'Read messages',
  description: 'Reads the newest messages of a channel, without replies in threads.',
  consentText: 'read channels you can see',
  input: z
    .strictObject({
      channel: ChannelId,
      // Slack gives an app of its customers at most 15 at once.
      limit: z.int().min(1).max(100).default(15).meta({ title: 'Limit', description: 'The most messages to read.' }),
    })
    .meta({ examples: [{ channel: 'C024BE91L', limit: 5 }] }),
  output: z.object({ messages: z.array(Message).meta({ description: 'The newest first.' }) }),
  recipient: null,
  idempotent: true,
  async run({ input: { channel, limit }, request }) {
    const answer = await callMethod(request, 'conversations.history', { channel, limit })
    const { messages } = readAnswer(History, answer, 'Slack')
    return {
      messages: messages.slice(0, limit).map(({ ts, user, text, reply_count }) => ({
        timestamp: ts,
        author: user ?? null,
        text,
        replies: reply_count,
      })),
    }
  },
})
