import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { ChannelId, Posted, Text, Timestamp } from '../messages.ts'

export const replyInThread = defineAction({
  name: 'reply_in_thread',
  label: 'Reply in thread',
  description: 'Writes a reply into the thread of a message.',
  consentText: 'reply in threads as you',
  input: z
    .strictObject({
      channel: ChannelId,
      timestamp: Timestamp.meta({ title: 'Timestamp', description: 'Of the message that the thread is about.' }),
      text: Text,
    })
    .meta({ examples: [{ channel: 'C024BE91L', timestamp: '1700000000.000100', text: 'Done.' }] }),
  output: z.object({ channel: z.string(), timestamp: z.string() }),
  recipient: 'channel',
  idempotent: false,
  async run({ input: { channel, timestamp, text }, request }) {
    const answer = await callMethod(request, 'chat.postMessage', { channel, thread_ts: timestamp, text })
    const posted = readAnswer(Posted, answer, 'Slack')
    return { channel: posted.channel, timestamp: posted.ts }
  },
})
