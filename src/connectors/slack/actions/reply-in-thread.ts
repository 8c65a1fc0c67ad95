import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { blocksOf, refuseTooLong, SAID } from '../controls.ts'
import { ChannelId, Posted, Timestamp } from '../messages.ts'

export const replyInThread = defineAction({
  name: 'reply_in_thread',
  label: 'Reply in thread',
  description: 'Writes a reply into the thread of a message.',
  consentText: 'reply in threads as you',
  input: z
    .strictObject({
      channel: ChannelId,
      timestamp: Timestamp.meta({ title: 'Timestamp', description: 'Of the message that the thread is about.' }),
      ...SAID,
    })
    .superRefine(refuseTooLong)
    .meta({ examples: [{ channel: 'C024BE91L', timestamp: '1700000000.000100', text: 'Done.' }] }),
  output: z.object({ channel: z.string(), timestamp: z.string() }),
  recipient: 'channel',
  idempotent: false,
  async run({ input: { channel, timestamp, ...said }, request }) {
    const message = { channel, thread_ts: timestamp, text: said.text, blocks: blocksOf(said) }
    const posted = readAnswer(Posted, await callMethod(request, 'chat.postMessage', message), 'Slack')
    return { channel: posted.channel, timestamp: posted.ts }
  },
})
