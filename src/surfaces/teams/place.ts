import { z } from 'zod'
import type { SurfaceProfile } from '#commands/surfaces/who-speaks.ts'
import type { SurfaceAppId } from '#core/ids.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import { type Activity, isPersonal } from './activity.ts'
import { tenantOf } from './environment.ts'

/** Where somebody spoke, and answers go. Kept sealed with the job. */
export const Place = z.object({
  app: z.custom<SurfaceAppId>((value) => typeof value === 'string'),
  /** The app's own. */
  tenant: z.string(),
  /** Their object id, and the tenant it is of. */
  user: z.string(),
  home: z.string(),
  /** What the bot calls them by; their object id where it never heard them. */
  account: z.string(),
  serviceUrl: z.string(),
  /** Null: the chat with them alone, which is found by opening it. */
  conversation: z.string().nullable(),
  /** Whether nobody else reads in it. */
  isPersonal: z.boolean(),
  /** Where the connect page leads back to. */
  return_to: z.string(),
})
export type Place = z.infer<typeof Place>

/** Where an activity came from, of whom. */
export function placeOf(app: SurfaceApp, activity: Activity, { tenant: home, user }: SurfaceProfile): Place {
  const { from, serviceUrl, conversation } = activity
  const there = { conversation: conversation.id, isPersonal: isPersonal(activity) }
  return { ...placeOfUser(app, { user, home, account: from.id, serviceUrl }), ...there }
}

/** The chat of somebody with the bot. */
export function placeOfUser(app: SurfaceApp, who: Pick<Place, 'user' | 'home' | 'account' | 'serviceUrl'>): Place {
  const { mode, app_id: bot, stand_in: playground } = app.settings
  const chat = mode === 'playground' ? `${playground}` : `https://teams.microsoft.com/l/chat/0/0?users=28:${bot}`
  return { app: app.id, tenant: tenantOf(app), ...who, conversation: null, isPersonal: true, return_to: chat }
}

/** The same person, where nobody else reads. */
export const privately = (place: Place): Place =>
  place.isPersonal ? place : { ...place, conversation: null, isPersonal: true }
