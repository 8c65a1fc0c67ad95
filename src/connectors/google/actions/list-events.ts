import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredEvent, Event, Instant, toEvent } from '../events.ts'

const Page = z.object({ items: z.array(AnsweredEvent) })

export const listEvents = defineAction({
  name: 'list_events',
  label: 'List events',
  description: 'Lists events of a calendar in the order they begin; of what recurs, each time it happens.',
  consentText: 'see events in your calendars',
  input: z
    .strictObject({
      from: Instant.meta({ title: 'From', description: 'Events that end after this.' }),
      to: Instant.optional().meta({ title: 'To', description: 'Events that begin before this.' }),
      text: z.string().max(200).default('').meta({ title: 'Text', description: 'Only events that hold these words.' }),
      calendar: z
        .string()
        .regex(/^(primary|[^\p{Cc}/\\@]{1,200}@[a-z0-9.-]+)$/u, 'primary, or the id in the settings of the calendar')
        .default('primary')
        .meta({ title: 'Calendar', description: 'primary, or the id in the settings of the calendar.' }),
      limit: z.int().min(1).max(250).default(25).meta({ title: 'Limit', description: 'The most events to read.' }),
    })
    .meta({ examples: [{ from: '2027-01-01T00:00:00Z', to: '2027-02-01T00:00:00Z', calendar: 'team@acme.com' }] }),
  output: z.object({ events: z.array(Event) }),
  recipient: null,
  idempotent: true,
  async run({ input: { from, to, text, calendar, limit }, request }) {
    const answer = await request({
      method: 'GET',
      url: `/calendar/v3/calendars/${encodeURIComponent(calendar)}/events`,
      query: {
        timeMin: from,
        timeMax: to,
        q: text || undefined,
        maxResults: limit,
        singleEvents: true,
        orderBy: 'startTime',
      },
    })
    return { events: readAnswer(Page, answer.json, 'Google').items.map(toEvent) }
  },
})
