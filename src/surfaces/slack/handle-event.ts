import type { CommandsContext } from '#commands/context.ts'
import { noteUninstalled } from '#commands/surfaces/surface-installations.ts'
import { findMessage, noteMessage } from '#commands/surfaces/surface-messages.ts'
import { converse, type Speaker } from '#conversation/converse.ts'
import { plainMessage } from '#conversation/plain-message.ts'
import { answerPress } from '#conversation/press.ts'
import { readPress } from '#conversation/read-press.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import type { Message, Reaction, Received } from '../surface.ts'
import { messageBlocks } from './blocks/message-blocks.ts'
import { offerForm, openForm } from './forms.ts'
import { type Heard, hear, type Slack, say } from './hear.ts'
import { publishHome } from './home.ts'
import type { Incoming } from './incoming.ts'
import type { Place } from './place.ts'
import { forgetProfile } from './profile.ts'
import { readEvent } from './read-event.ts'
import { postToUrl, RESPONSE_URL_MS } from './response-url.ts'
import { restUrl } from './rest-url.ts'
import { Standing } from './say.ts'
import { type Spoken, speakAt } from './slack-client.ts'

/** Does what something that came from Slack asks for. Slack in trouble is thrown, and it is done again; what Slack refuses is logged. */
export async function handleEvent(slack: Slack, received: Received): Promise<void> {
  const incoming = readEvent(received.body)
  if (!incoming) return
  try {
    await handle(slack, received, incoming)
  } catch (error) {
    if (!(error instanceof OutsideError) || error.retryable) throw error
    slack.ctx.log.warn({ err: error, event: received.id }, 'what came from Slack could not be answered')
  }
}

async function handle(slack: Slack, received: Received, incoming: Incoming): Promise<void> {
  const { ctx } = slack
  const spoken = await speakAt(ctx, { app: received.appId, tenant: incoming.tenant })
  switch (incoming.kind) {
    case 'uninstalled':
      // What is heard late may be of an installation before this one.
      return received.receivedAt < spoken.installation.installedAt
        ? undefined
        : noteUninstalled(ctx, spoken.installation)
    case 'profile_changed':
      return forgetProfile(slack.profiles, spoken.installation, incoming.user)
    case 'followed':
      return noteFollowed(ctx, incoming)
    case 'opened_home':
      return openHome(slack, spoken, incoming)
    case 'said':
      return answerSaid(slack, spoken, incoming)
    case 'opened_thread':
      return answerSaid(slack, spoken, { ...incoming, kind: 'said', text: 'help', triggerId: null })
    case 'pressed':
      return answerPressed(slack, spoken, incoming)
    // A form that is sent is answered by its request.
    case 'sent_form':
  }
}

type Of<K extends Incoming['kind']> = Extract<Incoming, { kind: K }>

async function answerSaid(slack: Slack, spoken: Spoken, said: Of<'said'>): Promise<void> {
  const heard = await hear(slack, spoken, said, said.place)
  if (!heard.speaker) return
  // In a direct message what is missing is asked for one by one; where others read along, by a form.
  const canOpenForm = !said.place.isDirect
  const reaction = await converse(slack.ctx, { ...heard.speaker, text: said.text, canOpenForm })
  await react(slack.ctx, heard, { reaction, triggerId: said.triggerId })
}

async function answerPressed(slack: Slack, spoken: Spoken, pressed: Of<'pressed'>): Promise<void> {
  const { ctx } = slack
  const isAtHome = pressed.source.kind === 'home'
  const heard = await hear(slack, spoken, pressed, isAtHome ? {} : pressed.place)
  const { speaker } = heard
  if (!speaker) return
  const reaction = await pressedBy(ctx, { ...speaker, canOpenForm: true }, pressed.sent)
  if (isAtHome) await publishHome(ctx, spoken, speaker.actor, pressed.user)
  await react(ctx, heard, { reaction, triggerId: pressed.triggerId, isAtHome })
}

async function pressedBy(ctx: CommandsContext, speaker: Speaker, sent: unknown): Promise<Reaction> {
  try {
    return await answerPress(ctx, { ...speaker, press: readPress(sent), values: null })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { messages: [plainMessage(error.message, 'failure')], replaces: false, form: null }
  }
}

/** Shows what comes of what somebody said or pressed, to them alone. */
async function react(
  ctx: CommandsContext,
  { spoken, place }: Heard,
  {
    reaction: { messages, replaces, form },
    triggerId,
    isAtHome = false,
  }: { reaction: Reaction; triggerId: string | null; isAtHome?: boolean },
): Promise<void> {
  const [first, ...rest] = messages
  const isReplaced = replaces && first !== undefined && (isAtHome || (await replacePressed(ctx, spoken, place, first)))
  await say(ctx, { spoken, place }, isReplaced ? rest : messages)
  if (!form) return
  const isOpen = triggerId !== null && (await openForm(spoken, place, { form, triggerId }))
  if (!isOpen) await say(ctx, { spoken, place }, [offerForm(form)])
}

/** Only where nobody else reads the message: what others see is not changed by one of them. */
async function replacePressed(ctx: CommandsContext, { app }: Spoken, place: Place, message: Message): Promise<boolean> {
  const { isDirect, isHidden, responseUrl } = place
  if (responseUrl === null || !(isDirect || isHidden)) return false
  return postToUrl(ctx, app, responseUrl, {
    replace_original: true,
    ...messageBlocks(message, { restUrl: restUrl(ctx, null) }),
  })
}

async function openHome(slack: Slack, spoken: Spoken, { user, deliveryKey }: Of<'opened_home'>): Promise<void> {
  const { speaker } = await hear(slack, spoken, { user, deliveryKey }, {})
  if (speaker) await publishHome(slack.ctx, spoken, speaker.actor, user)
}

/** Slack gives a way to change what only one person sees when they follow a link in it. */
async function noteFollowed(ctx: CommandsContext, { user, blockId, responseUrl }: Of<'followed'>): Promise<void> {
  const message = await findMessage(ctx, blockId.replace(/^links:/, ''))
  const standing = message && Standing.parse(message.place)
  if (!message || !standing || standing.user !== user || responseUrl === null) return
  const until = ctx.clock().getTime() + RESPONSE_URL_MS
  await noteMessage(ctx, { ...message, place: { ...standing, responseUrl: { url: responseUrl, until } } })
}
