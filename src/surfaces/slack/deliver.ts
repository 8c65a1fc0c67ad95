import type { CommandsContext } from '#commands/context.ts'
import {
  findMessage,
  findPrompts,
  findReplaced,
  forgetMessage,
  noteDelivery,
} from '#commands/surfaces/surface-messages.ts'
import { isSpeaker } from '#commands/surfaces/who-speaks.ts'
import { OutsideError } from '#core/errors.ts'
import type { Delivery, Outgoing } from '../surface.ts'
import { messageBlocks, type SlackMessage } from './blocks/message-blocks.ts'
import { directly, Place } from './place.ts'
import { restUrl } from './rest-url.ts'
import { removeMessage, replaceMessage, Standing, sayInPlace, sayPrivately } from './say.ts'
import { type Spoken, speakAt } from './slack-client.ts'

/** Delivers one message to Slack: once, as far as it is known here. What is for one person alone goes to them alone, or not at all. */
export async function deliver(ctx: CommandsContext, delivery: Delivery): Promise<void> {
  if (await findMessage(ctx, delivery.id)) return
  const place = Place.parse(delivery.address)
  const spoken = await speakAt(ctx, place)
  await refuseStranger(ctx, spoken, delivery, place)
  const rendered = { deliveryId: delivery.id, restUrl: restUrl(ctx, delivery.jobId) }
  const message = messageBlocks(delivery.outgoing.message, rendered)
  const standing = await send(ctx, spoken, { delivery, place, message })
  await noteDelivery(ctx, delivery, { appId: place.app, place: standing })
}

interface Sending {
  delivery: Delivery
  place: Place
  message: SlackMessage
}

async function send(ctx: CommandsContext, spoken: Spoken, sending: Sending): Promise<Standing> {
  const { delivery, place, message } = sending
  const { outgoing } = delivery
  switch (outgoing.kind) {
    case 'ask':
      await removeEarlierAsks(ctx, spoken, delivery)
      return sayPrivately(ctx, spoken, place, message)
    case 'notice':
      return sayPrivately(ctx, spoken, place, message)
    case 'question':
      // why: what only one person sees in a channel is gone when they come back, and a question may wait for days.
      return sayPrivately(ctx, spoken, place.isDirect ? place : directly(place), message)
    case 'reply':
      return reply(ctx, spoken, sending, outgoing)
  }
}

/** In the place of what it takes the place of: a reply before it, or the prompt that its job waited for. */
async function reply(
  ctx: CommandsContext,
  spoken: Spoken,
  { delivery, place, message }: Sending,
  outgoing: Extract<Outgoing, { kind: 'reply' }>,
): Promise<Standing> {
  const isForThemAlone = place.isDirect || place.isHidden || isPrivate(outgoing)
  const before = await findReplaced(ctx, delivery)
  const standing = before && Standing.parse(before.place)
  const isPrompt = before?.kind === 'ask'
  // A prompt was for its person alone; what others may read comes behind it.
  const mayReplace = !isPrompt || (isForThemAlone && (standing?.ts === null || place.isDirect))
  const isReplaced = standing && mayReplace && (await replaceMessage(ctx, spoken, standing, message))
  if (standing && isPrompt && !isReplaced) await removeMessage(ctx, spoken, standing)
  const say = isForThemAlone ? sayPrivately : sayInPlace
  const stands = isReplaced ? standing : await say(ctx, spoken, place, message)
  if (isPrompt) await forgetMessage(ctx, before.deliveryId)
  return stands
}

/** What went wrong is for whoever ran it, not for the channel. */
const isPrivate = ({ private: only, message }: Extract<Outgoing, { kind: 'reply' }>): boolean =>
  only === true || message.tone === 'failure'

/** A fresh link makes the one before useless: its message goes. */
async function removeEarlierAsks(ctx: CommandsContext, spoken: Spoken, { jobId }: Delivery): Promise<void> {
  for (const { deliveryId, place } of await findPrompts(ctx, jobId)) {
    await removeMessage(ctx, spoken, Standing.parse(place))
    await forgetMessage(ctx, deliveryId)
  }
}

/** why: an account may have been unlinked, or given to somebody else, since the job began. */
async function refuseStranger(
  ctx: CommandsContext,
  spoken: Spoken,
  { personId }: Delivery,
  place: Place,
): Promise<void> {
  if (personId === null) return
  const { user, home, tenant } = place
  const homes = [home, tenant, spoken.installation.facts.enterprise_id].filter((id) => typeof id === 'string')
  for (const each of homes) if (await isSpeaker(ctx, spoken, { tenant: each, user }, personId)) return
  throw new OutsideError('not_their_account', 'The Slack account is not this person’s any more.', { retryable: false })
}
