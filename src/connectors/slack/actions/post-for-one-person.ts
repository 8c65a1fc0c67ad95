import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'
import { blocksOf, refuseTooLong, SAID } from '../controls.ts'
import { ChannelId, Timestamp, UserId } from '../messages.ts'

const Shown = z.object({ ok: z.literal(true), message_ts: z.string() })

/** https://docs.slack.dev/reference/methods/chat.postEphemeral */
export const postForOnePerson = defineAction({
  name: 'post_for_one_person',
  label: 'Post message for one person',
  description:
    'Shows a message in a channel to one person alone. It is gone when they load Slack anew, and cannot be changed.',
  consentText: 'show messages to people as you',
  input: z
    .strictObject({
      channel: ChannelId,
      user: UserId,
      timestamp: Timestamp.optional().meta({
        title: 'Timestamp',
        description: 'Of the message in whose thread it is shown; left out: in the channel.',
      }),
      ...SAID,
    })
    .superRefine(refuseTooLong)
    .meta({ examples: [{ channel: 'C024BE91L', user: 'U024BE91L', text: 'Your turn.' }] }),
  output: z.object({ channel: z.string(), timestamp: z.string() }),
  recipient: 'user',
  idempotent: false,
  async run({ input: { channel, user, timestamp, ...said }, request }) {
    const message = { channel, user, thread_ts: timestamp, text: said.text, blocks: blocksOf(said) }
    const shown = readAnswer(Shown, await callMethod(request, 'chat.postEphemeral', message), 'Slack')
    return { channel, timestamp: shown.message_ts }
  },
})
