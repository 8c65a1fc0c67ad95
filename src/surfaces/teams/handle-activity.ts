import type { CommandsContext } from '#commands/context.ts'
import { findSurfaceApp } from '#commands/surfaces/installed-apps.ts'
import { converse, type Speaker } from '#conversation/converse.ts'
import { plainMessage } from '#conversation/plain-message.ts'
import { answerPress } from '#conversation/press.ts'
import { sayThat } from '#conversation/reaction.ts'
import { readPress } from '#conversation/read-press.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Reaction, Received } from '../surface.ts'
import { Activity, isPersonal, readText } from './activity.ts'
import { post, type Standing } from './conversations.ts'
import { type Heard, hear } from './hear.ts'
import { react } from './react.ts'
import { readSent, type SentBack } from './sent.ts'

/** Does what an activity asks for. Teams in trouble is thrown, and it is done again; what Teams refuses is logged. */
export async function handleActivity(ctx: CommandsContext, received: Received): Promise<void> {
  const activity = Activity.parse(received.body)
  const app = await findSurfaceApp(ctx, received.appId)
  if (!app) return
  try {
    const heard = await hear(ctx, app, { activity, deliveryKey: received.deliveryKey })
    if (heard) await answer(ctx, app, activity, heard)
  } catch (error) {
    if (!(error instanceof OutsideError) || error.retryable) throw error
    ctx.log.warn({ err: error, event: received.id }, 'what came from Teams could not be answered')
  }
}

async function answer(ctx: CommandsContext, app: SurfaceApp, activity: Activity, heard: Heard): Promise<void> {
  const { place } = heard
  if ('refused' in heard) {
    if (heard.refused !== null) await post(ctx, app, place, { text: heard.refused })
    return
  }
  const sent = readSent(activity.value)
  const text = activity.type === 'installationUpdate' ? 'help' : readText(activity) || 'help'
  const reaction = sent ? await press(ctx, heard.speaker, sent) : await converse(ctx, { ...heard.speaker, text })
  await react(ctx, app, { place, pressed: pressedMessage(activity), reaction })
}

/** What comes of a button, a picked thing or a form. */
export async function press(ctx: CommandsContext, speaker: Speaker, sent: SentBack): Promise<Reaction> {
  if (sent.press === undefined)
    return sayThat(plainMessage('Choose one of the list first, one with which that can be done.'))
  try {
    return await answerPress(ctx, { ...speaker, press: readPress(sent.press), values: sent.values })
  } catch (error) {
    if (error instanceof UserError) return sayThat(plainMessage(error.message, 'failure'))
    throw error
  }
}

/** The message whose button was pressed; null for none. */
export function pressedMessage(activity: Activity): Standing | null {
  const { serviceUrl, conversation, replyToId } = activity
  if (replyToId === undefined) return null
  return { serviceUrl, conversation: conversation.id, activity: replyToId, isPersonal: isPersonal(activity) }
}
