import type { CommandsContext } from '#commands/context.ts'
import { findInstallation, findSurfaceApp } from '#commands/surfaces/installed-apps.ts'
import {
  findMessage,
  findPrompts,
  findReplaced,
  forgetMessage,
  noteDelivery,
} from '#commands/surfaces/surface-messages.ts'
import { isSpeaker } from '#commands/surfaces/who-speaks.ts'
import { plainMessage } from '#conversation/plain-message.ts'
import { OutsideError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Delivery, Message, Outgoing } from '../surface.ts'
import { messageCard } from './cards/message-card.ts'
import { type Content, post, replace, Standing } from './conversations.ts'
import { Place, privately } from './place.ts'
import { SENT_DIRECTLY } from './react.ts'
import { renderedFor } from './rendered-for.ts'

interface Sending {
  app: SurfaceApp
  place: Place
  delivery: Delivery
  content: Content
}

/**
 * Delivers one message to Teams: once, as far as it is known here. What is for one person alone goes to their own chat with the bot, or not
 * at all.
 */
export async function deliver(ctx: CommandsContext, delivery: Delivery): Promise<void> {
  if (await findMessage(ctx, delivery.id)) return
  const place = Place.parse(delivery.address)
  const app = await loadApp(ctx, place, delivery)
  const content = { card: messageCard(delivery.outgoing.message, renderedFor(ctx, app, delivery.jobId)) }
  const standing = await send(ctx, { app, place, delivery, content })
  await noteDelivery(ctx, delivery, { appId: app.id, place: standing })
}

/** The app, still installed; and the account still its person's: it may have been unlinked since the job began. */
async function loadApp(ctx: CommandsContext, place: Place, { personId }: Delivery): Promise<SurfaceApp> {
  const app = await findSurfaceApp(ctx, place.app)
  const installation = app && (await findInstallation(ctx, app, place.tenant))
  if (!installation)
    throw new OutsideError('surface_uninstalled', 'The app is no longer set up for this Microsoft Teams.', {
      retryable: false,
    })
  const account = { tenant: place.home, user: place.user }
  if (personId === null || (await isSpeaker(ctx, { app, installation }, account, personId))) return app
  throw new OutsideError('not_their_account', 'The Teams account is not this person’s any more.', { retryable: false })
}

async function send(ctx: CommandsContext, sending: Sending): Promise<Standing> {
  const { delivery, app, place, content } = sending
  const { outgoing } = delivery
  if (outgoing.kind === 'reply') return reply(ctx, sending, outgoing)
  if (outgoing.kind === 'ask') await endEarlierAsks(ctx, app, delivery)
  const standing = await post(ctx, app, privately(place), content)
  if (outgoing.kind !== 'notice') await tellOthers(ctx, app, place, SENT_DIRECTLY)
  return standing
}

/** In the place of what it takes the place of: a reply before it, or the prompt that its job waited for. */
async function reply(
  ctx: CommandsContext,
  { app, place, delivery, content }: Sending,
  outgoing: Extract<Outgoing, { kind: 'reply' }>,
): Promise<Standing> {
  // What went wrong is for whoever ran it, not for the channel.
  const isForThemAlone = place.isPersonal || outgoing.private === true || outgoing.message.tone === 'failure'
  const before = await findReplaced(ctx, delivery)
  const standing = before && Standing.parse(before.place)
  const isPrompt = before?.kind === 'ask'
  // A prompt was for its person alone; what others may read comes behind it.
  const mayReplace = !isPrompt || isForThemAlone
  const isReplaced = standing && mayReplace && (await replaceIfThere(ctx, app, standing, content))
  if (standing && !mayReplace) await replaceIfThere(ctx, app, standing, cardOf(ctx, app, ANSWERED))
  const say = isForThemAlone ? replyPrivately : post
  const stands = isReplaced ? standing : await say(ctx, app, place, content)
  if (isPrompt) await forgetMessage(ctx, before.deliveryId)
  return stands
}

const ANSWERED = plainMessage('It went on, and is answered where you ran it.', 'success')
const OLD_LINK = plainMessage('This link is of no use any more. There is a newer message.')
const ENDED = 'What you ran ended without an answer here, and I cannot write to you directly: see it in Behalf.'

async function replyPrivately(
  ctx: CommandsContext,
  app: SurfaceApp,
  place: Place,
  content: Content,
): Promise<Standing> {
  try {
    return await post(ctx, app, privately(place), content)
  } catch (error) {
    if (error instanceof OutsideError && !error.retryable) await tellOthers(ctx, app, place, ENDED)
    throw error
  }
}

/** Where others heard what was asked, they learn that there was an answer, and nothing of it. */
async function tellOthers(ctx: CommandsContext, app: SurfaceApp, place: Place, text: string): Promise<void> {
  if (!place.isPersonal) await post(ctx, app, place, { text })
}

/** False where the message is gone, or Teams does not let it be changed. */
async function replaceIfThere(ctx: CommandsContext, app: SurfaceApp, at: Standing, content: Content): Promise<boolean> {
  try {
    await replace(ctx, app, at, content)
    return true
  } catch (error) {
    if (error instanceof OutsideError && !error.retryable) return false
    throw error
  }
}

/** A fresh link makes the one before useless, which its message says from now on. */
async function endEarlierAsks(ctx: CommandsContext, app: SurfaceApp, { jobId }: Delivery): Promise<void> {
  for (const { deliveryId, place } of await findPrompts(ctx, jobId)) {
    await replaceIfThere(ctx, app, Standing.parse(place), cardOf(ctx, app, OLD_LINK))
    await forgetMessage(ctx, deliveryId)
  }
}

const cardOf = (ctx: CommandsContext, app: SurfaceApp, message: Message): Content => ({
  card: messageCard(message, renderedFor(ctx, app)),
})
