import { z } from 'zod'

/** With its distance from UTC, so that nobody has to guess where it is meant. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'a date and time such as 2027-01-31T10:00:00+01:00' })
  .max(40)

/** Graph's own times have no distance from UTC: it is asked for, and given, UTC. */
export const IN_UTC = { prefer: 'outlook.timezone="UTC"' }
export const utcTime = (instant: string) => ({
  dateTime: new Date(instant).toISOString().replace(/Z$/, ''),
  timeZone: 'UTC',
})

const Moment = z.object({ dateTime: z.string() }).nullish()

/** What we rely on of an event as the API gives it. */
export const AnsweredEvent = z.object({
  id: z.string(),
  subject: z.string().nullish(),
  webLink: z.string().nullish(),
  start: Moment,
  end: Moment,
})

/** An event as our actions give it. */
export const Event = z.object({
  id: z.string(),
  title: z.string(),
  start: z.string().nullable().meta({ description: 'In UTC.' }),
  end: z.string().nullable().meta({ description: 'In UTC.' }),
  url: z.string().nullable().meta({ description: 'The page of the event.' }),
})

export function toEvent({ id, subject, webLink, start, end }: z.output<typeof AnsweredEvent>): z.input<typeof Event> {
  return { id, title: subject ?? '', start: asUtc(start), end: asUtc(end), url: webLink ?? null }
}

/** `2027-01-31T10:00:00.0000000` */
const asUtc = (moment: z.output<typeof Moment>): string | null =>
  moment ? `${moment.dateTime.replace(/\.\d+$/, '')}Z` : null
