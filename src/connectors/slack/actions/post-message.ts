import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { Destination, Posted, Text } from '../messages.ts'

export const postMessage = defineAction({
  name: 'post_message',
  label: 'Post message',
  description: 'Writes a message into a channel, or to a person.',
  consentText: 'post messages as you',
  input: z
    .strictObject({ channel: Destination, text: Text })
    .meta({ examples: [{ channel: '#sales', text: 'The renewal of *Acme* is signed.' }] }),
  output: z.object({
    channel: z.string().meta({ description: 'Its id.' }),
    timestamp: z.string().meta({ description: 'Names the message; to reply in its thread.' }),
  }),
  recipient: 'channel',
  idempotent: false,
  async run({ input: { channel, text }, request }) {
    const posted = readAnswer(Posted, await callMethod(request, 'chat.postMessage', { channel, text }), 'Slack')
    return { channel: posted.channel, timestamp: posted.ts }
  },
})
