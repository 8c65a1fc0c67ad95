import { createHash } from 'node:crypto'
import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readMailAddresses } from '#core/mail-addresses.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredEvent, Event, IN_UTC, Instant, toEvent, utcTime } from '../events.ts'

export const createEvent = defineAction({
  name: 'create_event',
  label: 'Create event',
  description: 'Puts an event into the main calendar and invites who is named.',
  consentText: 'put events into your calendar and invite others as you',
  input: z
    .strictObject({
      title: z.string().trim().min(1).max(255).meta({ title: 'Title' }),
      start: Instant.meta({ title: 'Start' }),
      end: Instant.meta({ title: 'End' }),
      text: z.string().max(8000).default('').meta({ title: 'Text' }),
      place: z.string().max(255).default('').meta({ title: 'Place' }),
      attendees: z
        .string()
        .default('')
        .refine((text) => text === '' || readMailAddresses(text) !== null, 'must be e-mail addresses with commas')
        .meta({ title: 'Attendees', description: 'Addresses with commas between them. Each is sent an invitation.' }),
    })
    .meta({
      examples: [
        { title: 'Renewal', start: '2027-01-31T10:00:00Z', end: '2027-01-31T11:00:00Z', attendees: 'bob@acme.com' },
      ],
    }),
  output: Event,
  recipient: 'attendees',
  // Graph makes one event for one transactionId, and answers a repetition with it.
  idempotent: true,
  async run({ input: { title, start, end, text, place, attendees }, request, idempotencyKey }) {
    const invited = attendees === '' ? [] : (readMailAddresses(attendees) ?? [])
    const answer = await request({
      method: 'POST',
      url: '/me/events',
      headers: IN_UTC,
      json: {
        transactionId: createHash('sha256').update(idempotencyKey).digest('hex'),
        subject: title,
        start: utcTime(start),
        end: utcTime(end),
        body: { contentType: 'Text', content: text },
        location: { displayName: place },
        attendees: invited.map((address) => ({ type: 'required', emailAddress: { address } })),
      },
    })
    return toEvent(readAnswer(AnsweredEvent, answer.json, 'Microsoft'))
  },
})
