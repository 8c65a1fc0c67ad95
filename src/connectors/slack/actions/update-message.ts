import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { blocksOf, refuseTooLong, SAID } from '../controls.ts'
import { ChannelId, Posted, Timestamp } from '../messages.ts'

/** https://docs.slack.dev/reference/methods/chat.update */
export const updateMessage = defineAction({
  name: 'update_message',
  label: 'Update message',
  description: 'Changes what a message of the person’s own says, its buttons and menus included.',
  consentText: 'change your messages',
  input: z
    .strictObject({
      channel: ChannelId,
      timestamp: Timestamp.meta({ title: 'Timestamp', description: 'Of the message.' }),
      ...SAID,
    })
    .superRefine(refuseTooLong)
    .meta({ examples: [{ channel: 'C024BE91L', timestamp: '1700000000.000100', text: 'Signed.' }] }),
  output: z.object({ channel: z.string(), timestamp: z.string() }),
  recipient: 'channel',
  idempotent: true,
  async run({ input: { channel, timestamp, ...said }, request }) {
    // why: without blocks Slack keeps those the message had.
    const message = { channel, ts: timestamp, text: said.text, blocks: blocksOf(said) ?? '[]' }
    const updated = readAnswer(Posted, await callMethod(request, 'chat.update', message), 'Slack')
    return { channel: updated.channel, timestamp: updated.ts }
  },
})
