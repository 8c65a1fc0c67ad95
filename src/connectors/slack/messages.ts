import { z } from 'zod'

const ID = /^[CDG][A-Z0-9]{2,30}$/

export const ChannelId = z.string().regex(ID, 'the id of a channel, such as C024BE91L').meta({
  title: 'Channel',
  description: 'Its id, such as C024BE91L: at the foot of its details, or from Find channel.',
})

export const UserId = z
  .string()
  .regex(/^[UW][A-Z0-9]{2,30}$/, 'the id of a person, such as U024BE91L')
  .meta({
    title: 'Person',
    description: 'Their id, such as U024BE91L: from Find person.',
  })

/** Where a message may go: by name too, as far as the person can see it. */
export const Destination = z
  .string()
  .regex(/^([CDGUW][A-Z0-9]{2,30}|#[^\s#@,:]{1,80})$/, 'the id of a channel or a person, or #name')
  .meta({ title: 'Channel', description: 'Its id (C024BE91L) or #name; or the id of a person (U024BE91L).' })

export const Timestamp = z
  .string()
  .regex(/^\d{1,12}\.\d{1,8}$/, 'the timestamp of a message, such as 1700000000.000100')

export const Text = z
  .string()
  .min(1)
  .max(40_000)
  .meta({ title: 'Text', description: 'Slack’s mrkdwn: *bold*, <https://acme.com|a link>.' })

export const Posted = z.object({ ok: z.literal(true), channel: z.string(), ts: z.string() })

/** A message as our actions give it. */
export const Message = z.object({
  timestamp: z.string().meta({ description: 'Names the message; to reply in its thread.' }),
  author: z.string().nullable().meta({ description: 'The id of who wrote it.' }),
  text: z.string(),
  replies: z.int().meta({ description: 'How many there are in its thread.' }),
})
