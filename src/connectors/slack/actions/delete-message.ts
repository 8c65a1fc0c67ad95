import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { ChannelId, Posted, Timestamp } from '../messages.ts'

/** https://docs.slack.dev/reference/methods/chat.delete */
export const deleteMessage = defineAction({
  name: 'delete_message',
  label: 'Delete message',
  description: 'Deletes a message of the person’s own; one that is gone already is left.',
  consentText: 'delete your messages',
  input: z
    .strictObject({
      channel: ChannelId,
      timestamp: Timestamp.meta({ title: 'Timestamp', description: 'Of the message.' }),
    })
    .meta({ examples: [{ channel: 'C024BE91L', timestamp: '1700000000.000100' }] }),
  output: z.object({ deleted: z.boolean().meta({ description: 'False where there was none.' }) }),
  recipient: 'channel',
  idempotent: true,
  async run({ input: { channel, timestamp }, request }) {
    try {
      readAnswer(Posted, await callMethod(request, 'chat.delete', { channel, ts: timestamp }), 'Slack')
      return { deleted: true }
    } catch (error) {
      if (error instanceof OutsideError && error.details?.errorCode === 'message_not_found') return { deleted: false }
      throw error
    }
  },
})
