import { z } from 'zod'
import type { SurfaceAppId } from '#core/ids.ts'

/** Where somebody spoke, and an answer goes. Kept sealed with the job. */
export const Place = z.object({
  app: z.custom<SurfaceAppId>((value) => typeof value === 'string'),
  /** The team, or for an app that is installed in a whole enterprise the enterprise. */
  tenant: z.string(),
  user: z.string(),
  /** The team or enterprise the person is at home in; null where that was not said. */
  home: z.string().nullable().default(null),
  /** Null where there is none: on the app's home, and for what is told unasked. Then it goes to a direct message. */
  channel: z.string().nullable(),
  /** A direct message: what is said there is for its person alone. */
  isDirect: z.boolean(),
  thread: z.string().nullable(),
  /** Whether only they saw what they said, as with a slash command: then the answer is for them alone, too. */
  isHidden: z.boolean(),
  /** Answers to a slash command or a press, for half an hour and five times, even where the app is no member. */
  responseUrl: z.string().nullable(),
})
export type Place = z.infer<typeof Place>

/** The direct message with somebody. */
export const directly = ({ app, tenant, user }: Pick<Place, 'app' | 'tenant' | 'user'>): Place => ({
  app,
  tenant,
  user,
  home: null,
  channel: null,
  isDirect: true,
  thread: null,
  isHidden: false,
  responseUrl: null,
})
