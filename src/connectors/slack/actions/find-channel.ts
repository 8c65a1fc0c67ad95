import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'

const Page = z.object({
  ok: z.literal(true),
  channels: z.array(z.object({ id: z.string(), name: z.string().catch(''), is_private: z.boolean().catch(false) })),
  response_metadata: z
    .object({ next_cursor: z.string().catch('') })
    .nullish()
    .catch(null),
})
const MOST_PAGES = 20

export const findChannel = defineAction({
  name: 'find_channel',
  label: 'Find channel',
  description: 'Finds a channel by its name, among the public ones and those the person is in.',
  consentText: 'see channels you can see',
  input: z
    .strictObject({
      name: z
        .string()
        .trim()
        .regex(/^#?[^\s#@,]{1,80}$/, 'the name of a channel, such as sales')
        .meta({ title: 'Name', description: 'sales, or #sales.' }),
    })
    .meta({ examples: [{ name: '#sales' }] }),
  output: z.object({ id: z.string(), name: z.string(), is_private: z.boolean() }),
  recipient: null,
  idempotent: true,
  async run({ input, request }) {
    const name = input.name.replace(/^#/, '').toLowerCase()
    const every = { types: 'public_channel,private_channel', exclude_archived: true, limit: 1000 }
    let cursor = ''
    for (let page = 1; page <= MOST_PAGES; page++) {
      const answer = await callMethod(request, 'conversations.list', { ...every, cursor: cursor || undefined })
      const { channels, response_metadata } = readAnswer(Page, answer, 'Slack')
      const found = channels.find((channel) => channel.name === name)
      if (found) return found
      cursor = response_metadata?.next_cursor ?? ''
      if (cursor === '') break
    }
    throw new OutsideError('outside_not_found', `Slack: there is no channel #${name} that you can see.`, {
      retryable: false,
    })
  },
})
