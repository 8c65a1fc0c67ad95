import type { CommandsContext } from '#commands/context.ts'
import { plainMessage } from '#conversation/plain-message.ts'
import { OutsideError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Form, Message, Reaction } from '../surface.ts'
import { formCard } from './cards/form-card.ts'
import { messageCard } from './cards/message-card.ts'
import { type Content, post, replace, type Standing } from './conversations.ts'
import { type Place, privately } from './place.ts'
import { renderedFor } from './rendered-for.ts'

/** What is said to everybody in a channel when its answer went to one of them. */
export const SENT_DIRECTLY = 'I have sent you a direct message.'
const CANNOT_WRITE = 'I cannot write to you directly. Add this app to your own chats in Teams, then say that again.'

/** Says what comes of what somebody said, to them alone. `pressed` is the message whose button it was; it is changed only in their own chat. */
export async function react(
  ctx: CommandsContext,
  app: SurfaceApp,
  { place, pressed, reaction }: { place: Place; pressed: Standing | null; reaction: Reaction },
): Promise<void> {
  const { messages, replaces, form } = reaction
  const [first, ...rest] = messages
  const on = renderedFor(ctx, app)
  const cards = (those: Message[]): Content[] => those.map((message) => ({ card: messageCard(message, on) }))
  const isReplaced = replaces && first !== undefined && pressed?.isPersonal === true
  if (isReplaced) await replace(ctx, app, pressed, { card: messageCard(first, on) })
  const opensHere = form !== null && on.hasDialogs && !place.isPersonal
  if (opensHere) await post(ctx, app, place, { card: messageCard(offerOf(form), on) })
  const shown = form && !opensHere ? [{ card: formCard(form) }] : []
  await sayPrivately(ctx, app, place, [...cards(isReplaced ? rest : messages), ...shown])
}

/** In the chat with one person alone. Where others heard them, these learn only that there was an answer, or that none could be given. */
export async function sayPrivately(
  ctx: CommandsContext,
  app: SurfaceApp,
  place: Place,
  contents: readonly Content[],
): Promise<void> {
  if (contents.length === 0) return
  try {
    for (const content of contents) await post(ctx, app, privately(place), content)
  } catch (error) {
    if (!(error instanceof OutsideError) || error.retryable || place.isPersonal) throw error
    await post(ctx, app, place, { text: CANNOT_WRITE })
    return
  }
  if (!place.isPersonal) await post(ctx, app, place, { text: SENT_DIRECTLY })
}

/** A button that opens the form, for whoever presses it: in a channel nothing is filled in where others look on. */
function offerOf({ title, fields, submit }: Form): Message {
  const { press } = submit
  const filled = fields.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))
  const given = press.do === 'run' ? { ...press, given: Object.fromEntries(filled) } : press
  return {
    ...plainMessage(`“${title}” needs a few details.`),
    buttons: [{ label: 'Fill in', style: 'primary', press: given, confirm: null }],
  }
}
