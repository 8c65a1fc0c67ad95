import type { CommandsContext } from '#commands/context.ts'
import { findInstallation } from '#commands/surfaces/installed-apps.ts'
import { whoSpeaks } from '#commands/surfaces/who-speaks.ts'
import type { Speaker } from '#conversation/converse.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Activity } from './activity.ts'
import { tenantOf } from './environment.ts'
import { type Place, placeOf } from './place.ts'
import { readProfile } from './profile.ts'

/** Somebody who spoke or pressed. */
export type Heard = { place: Place } & (
  | { speaker: Speaker }
  /** What to tell whoever may not speak here; null for a bot, which would answer for ever. */
  | { refused: string | null }
)

/** Who an activity is of, and where they are answered; undefined where the app is not installed any more. */
export async function hear(
  ctx: CommandsContext,
  app: SurfaceApp,
  { activity, deliveryKey }: { activity: Activity; deliveryKey: string },
): Promise<Heard | undefined> {
  const installation = await findInstallation(ctx, app, tenantOf(app))
  if (!installation) return undefined
  const profile = await readProfile(ctx, app, activity)
  const place = placeOf(app, activity, profile)
  const speaks = await whoSpeaks(ctx, app, installation, profile)
  if ('refused' in speaks) return { place, refused: profile.kind === 'bot' ? null : speaks.refused }
  const conversation = [app.surface, activity.conversation.id].join('/')
  const origin = { surface: app.surface, address: place }
  return { place, speaker: { actor: speaks.actor, origin, conversation, deliveryKey, canOpenForm: true } }
}
