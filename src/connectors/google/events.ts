import { z } from 'zod'

/** With its distance from UTC, so that nobody has to guess where it is meant. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'a date and time such as 2027-01-31T10:00:00+01:00' })
  .max(40)

const Moment = z.object({ dateTime: z.string().optional(), date: z.string().optional() })

/** What we rely on of an event as the API gives it. */
export const AnsweredEvent = z.object({
  id: z.string(),
  summary: z.string().nullish(),
  htmlLink: z.string().nullish(),
  start: Moment.nullish(),
  end: Moment.nullish(),
})

/** An event as our actions give it. */
export const Event = z.object({
  id: z.string(),
  title: z.string(),
  start: z.string().nullable().meta({ description: 'Date and time; a date alone when it lasts the whole day.' }),
  end: z.string().nullable(),
  url: z.string().nullable().meta({ description: 'The page of the event.' }),
})

export function toEvent({ id, summary, htmlLink, start, end }: z.output<typeof AnsweredEvent>): z.input<typeof Event> {
  return {
    id,
    title: summary ?? '',
    start: start?.dateTime ?? start?.date ?? null,
    end: end?.dateTime ?? end?.date ?? null,
    url: htmlLink ?? null,
  }
}
