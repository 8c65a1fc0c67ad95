import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type ActionRequest, type BoundRequest, defineAction } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { readMailAddresses } from '#core/mail-addresses.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredEvent, Event, Instant, toEvent } from '../events.ts'

const EVENTS = '/calendar/v3/calendars/primary/events'

export const createEvent = defineAction({
  name: 'create_event',
  label: 'Create event',
  description: 'Puts an event into the main calendar and invites who is named.',
  consentText: 'put events into your calendar and invite others as you',
  input: z
    .strictObject({
      title: z.string().trim().min(1).max(500).meta({ title: 'Title' }),
      start: Instant.meta({ title: 'Start' }),
      end: Instant.meta({ title: 'End' }),
      text: z.string().max(8000).default('').meta({ title: 'Text' }),
      place: z.string().max(500).default('').meta({ title: 'Place' }),
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
  idempotent: true,
  async run({ input: { title, start, end, text, place, attendees }, request, idempotencyKey }) {
    // Hexadecimal digits are among those an event's id may have; Google refuses the second event of one id.
    const id = createHash('sha256').update(idempotencyKey).digest('hex')
    const invited = attendees === '' ? [] : (readMailAddresses(attendees) ?? [])
    const answer = await once(request, id, {
      method: 'POST',
      url: EVENTS,
      query: { sendUpdates: 'all' },
      json: {
        id,
        summary: title,
        description: text,
        location: place,
        start: { dateTime: start },
        end: { dateTime: end },
        attendees: invited.map((email) => ({ email })),
      },
    })
    return toEvent(readAnswer(AnsweredEvent, answer.json, 'Google'))
  },
})

/** The event that an earlier try of this step has made, when there is one. */
async function once(request: BoundRequest, id: string, creating: ActionRequest) {
  try {
    return await request(creating)
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code !== 'outside_conflict') throw error
    return request({ method: 'GET', url: `${EVENTS}/${id}` })
  }
}
