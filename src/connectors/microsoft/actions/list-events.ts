import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredEvent, Event, IN_UTC, Instant, toEvent } from '../events.ts'

const Page = z.object({ value: z.array(AnsweredEvent) })

export const listEvents = defineAction({
  name: 'list_events',
  label: 'List events',
  description: 'Lists events of the main calendar in the order they begin; of what recurs, each time it happens.',
  consentText: 'see events in your calendar',
  input: z
    .strictObject({
      from: Instant.meta({ title: 'From', description: 'Events that end after this.' }),
      to: Instant.meta({ title: 'To', description: 'Events that begin before this.' }),
      limit: z.int().min(1).max(250).default(25).meta({ title: 'Limit', description: 'The most events to read.' }),
    })
    .meta({ examples: [{ from: '2027-01-01T00:00:00Z', to: '2027-02-01T00:00:00+01:00' }] }),
  output: z.object({ events: z.array(Event) }),
  recipient: null,
  idempotent: true,
  async run({ input: { from, to, limit }, request }) {
    const answer = await request({
      method: 'GET',
      url: '/me/calendarView',
      query: { startDateTime: from, endDateTime: to, $top: limit, $orderby: 'start/dateTime', $select: FIELDS },
      headers: IN_UTC,
    })
    return { events: readAnswer(Page, answer.json, 'Microsoft').value.map(toEvent) }
  },
})

const FIELDS = 'id,subject,start,end,webLink'
