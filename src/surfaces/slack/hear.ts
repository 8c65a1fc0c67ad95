import type { CommandsContext } from '#commands/context.ts'
import { whoSpeaks } from '#commands/surfaces/who-speaks.ts'
import type { Speaker } from '#conversation/converse.ts'
import { plainMessage } from '#conversation/plain-message.ts'
import type { Message } from '../surface.ts'
import { messageBlocks } from './blocks/message-blocks.ts'
import type { Incoming } from './incoming.ts'
import { directly, type Place } from './place.ts'
import { type Profiles, readProfile } from './profile.ts'
import { restUrl } from './rest-url.ts'
import { sayPrivately } from './say.ts'
import type { Spoken } from './slack-client.ts'

/** What handling needs besides the commands: who people are, for a while. */
export interface Slack {
  ctx: CommandsContext
  profiles: Profiles
}

/** Somebody who spoke, and how they are answered. */
export interface Heard {
  spoken: Spoken
  place: Place
  /** Undefined for whoever may not speak here: they have been told. */
  speaker: Omit<Speaker, 'canOpenForm'> | undefined
}

/** Who it is, and where they are answered. */
export async function hear(
  { ctx, profiles }: Slack,
  spoken: Spoken,
  { user, deliveryKey }: Pick<Incoming, 'user' | 'deliveryKey'>,
  where: Partial<Place>,
): Promise<Heard> {
  const { app, installation } = spoken
  const profile = await readProfile(profiles, spoken, user, ctx.clock())
  const home = profile.tenant
  const place: Place = { ...directly({ app: app.id, tenant: installation.tenant, user }), home, ...where }
  const speaks = await whoSpeaks(ctx, app, installation, profile)
  if ('actor' in speaks) {
    const origin = { surface: app.surface, address: place }
    const conversation = [app.surface, installation.tenant, place.channel ?? user, place.thread ?? ''].join('/')
    return { spoken, place, speaker: { actor: speaks.actor, origin, conversation, deliveryKey } }
  }
  // why: two bots would answer one another for ever.
  if (profile.kind !== 'bot') await say(ctx, { spoken, place }, [plainMessage(speaks.refused, 'failure')])
  return { spoken, place, speaker: undefined }
}

/** Says something to one person alone. */
export async function say(
  ctx: CommandsContext,
  { spoken, place }: Pick<Heard, 'spoken' | 'place'>,
  messages: readonly Message[],
): Promise<void> {
  for (const message of messages)
    await sayPrivately(ctx, spoken, place, messageBlocks(message, { restUrl: restUrl(ctx, null) }))
}
