import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { blocksOf, refuseTooLong, SAID } from '../controls.ts'
import { Destination, Posted } from '../messages.ts'

export const postMessage = defineAction({
  name: 'post_message',
  label: 'Post message',
  description: 'Writes a message into a channel, or to a person.',
  consentText: 'post messages as you',
  input: z
    .strictObject({ channel: Destination, ...SAID })
    .superRefine(refuseTooLong)
    .meta({
      examples: [
        {
          channel: '#sales',
          text: 'The renewal of *Acme* is signed.',
          buttons: [{ label: 'Close the deal', command: 'close deal', input: { id: '006x1' } }],
        },
      ],
    }),
  output: z.object({
    channel: z.string().meta({ description: 'Its id.' }),
    timestamp: z.string().meta({ description: 'Names the message; to change it, or reply in its thread.' }),
  }),
  recipient: 'channel',
  idempotent: false,
  async run({ input: { channel, ...said }, request }) {
    const message = { channel, text: said.text, blocks: blocksOf(said) }
    const posted = readAnswer(Posted, await callMethod(request, 'chat.postMessage', message), 'Slack')
    return { channel: posted.channel, timestamp: posted.ts }
  },
})
