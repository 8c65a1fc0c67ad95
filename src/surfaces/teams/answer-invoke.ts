import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import { plainMessage } from '#conversation/plain-message.ts'
import { OutsideError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Form, Message, Reaction } from '../surface.ts'
import type { Activity } from './activity.ts'
import { formCard } from './cards/form-card.ts'
import { messageCard } from './cards/message-card.ts'
import { replace } from './conversations.ts'
import { press, pressedMessage } from './handle-activity.ts'
import { type Heard, hear } from './hear.ts'
import type { Place } from './place.ts'
import { react, SENT_DIRECTLY, sayPrivately } from './react.ts'
import { renderedFor } from './rendered-for.ts'
import { readSent, type SentBack } from './sent.ts'

const CARD = 'application/vnd.microsoft.card.adaptive'
const LINE = 'application/vnd.microsoft.activity.message'

/** What is said of a form or a button whose answer comes by itself. */
const FOLLOWS = 'Thank you. The answer follows.'

const ActionValue = z.looseObject({ action: z.looseObject({ data: z.unknown().optional() }) })
const TaskValue = z.looseObject({ data: z.unknown().optional() })

interface Invoked {
  activity: Activity
  deliveryKey: string
}

/** Answers what Teams waits for: a card's button, or a dialog that opens or is sent. Null for what is nothing to us. */
export async function answerInvoke(ctx: CommandsContext, app: SurfaceApp, invoked: Invoked): Promise<object | null> {
  const { name, value } = invoked.activity
  if (name === 'adaptiveCard/action') {
    const read = ActionValue.safeParse(value)
    const sent = readSent(read.success ? read.data.action.data : undefined)
    return sent ? answerAction(ctx, app, invoked, sent) : null
  }
  if (name !== 'task/fetch' && name !== 'task/submit') return null
  const read = TaskValue.safeParse(value)
  const sent = readSent(read.success ? read.data.data : undefined)
  return sent ? answerDialog(ctx, app, invoked, sent) : null
}

// --- buttons of a card --------------------------------------------------------------------------------------------------------

async function answerAction(ctx: CommandsContext, app: SurfaceApp, invoked: Invoked, sent: SentBack): Promise<object> {
  const heard = await hear(ctx, app, invoked)
  if (!heard || 'refused' in heard) return line(refusalOf(heard))
  const reaction = await press(ctx, heard.speaker, sent)
  const { messages, form } = reaction
  const { place } = heard
  if (form && sent.values) return card(formCard(form))
  const changed = place.isPersonal ? changedTo(reaction, sent) : undefined
  if (changed) {
    await sayRest(ctx, app, place, reaction)
    return card(await keep(ctx, app, invoked.activity, changed))
  }
  const [first] = messages
  // Whoever pressed sees this line alone, also where others look on.
  if (messages.length <= 1 && !form && (!first || isLine(first))) return line(first?.text ?? FOLLOWS)
  await react(ctx, app, { place, pressed: null, reaction: { ...reaction, replaces: false } })
  return line(place.isPersonal ? 'See the message below.' : SENT_DIRECTLY)
}

/** What takes the place of the message: what was meant to, or what comes of a form, which must not be sent twice. */
function changedTo({ messages: [first], replaces }: Reaction, { values }: SentBack): Message | undefined {
  if (values) return first ?? plainMessage(FOLLOWS)
  return replaces ? first : undefined
}

/** What does not stand in the pressed message's place. */
async function sayRest(
  ctx: CommandsContext,
  app: SurfaceApp,
  place: Place,
  { messages, form }: Reaction,
): Promise<void> {
  const on = renderedFor(ctx, app)
  const rest = messages.slice(1).map((message) => ({ card: messageCard(message, on) }))
  await sayPrivately(ctx, app, place, [...rest, ...(form ? [{ card: formCard(form) }] : [])])
}

/** why: the card of an answer is shown to who pressed, while the message itself stays as it was until it is changed. */
async function keep(ctx: CommandsContext, app: SurfaceApp, activity: Activity, message: Message) {
  const content = { card: messageCard(message, renderedFor(ctx, app)) }
  const pressed = pressedMessage(activity)
  try {
    if (pressed) await replace(ctx, app, pressed, content)
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error
    ctx.log.warn({ err: error }, 'a message in Teams could not be changed')
  }
  return content.card
}

const isLine = ({ fields, links, items = [], buttons = [], menus = [] }: Message): boolean =>
  [fields, links, items, buttons, menus].every((part) => part.length === 0)

const card = (value: object) => ({ statusCode: 200, type: CARD, value })

const line = (text: string) => ({ statusCode: 200, type: LINE, value: text })

const refusalOf = (heard: Extract<Heard, { refused: unknown }> | undefined): string =>
  heard?.refused ?? 'This app is not set up here any more.'

// --- dialogs ------------------------------------------------------------------------------------------------------------------

async function answerDialog(ctx: CommandsContext, app: SurfaceApp, invoked: Invoked, sent: SentBack): Promise<object> {
  const heard = await hear(ctx, app, invoked)
  if (!heard || 'refused' in heard) return note(refusalOf(heard))
  const reaction = await press(ctx, heard.speaker, sent)
  if (reaction.form) return open(reaction.form)
  const lines = reaction.messages.filter(isLine)
  const others = reaction.messages.filter((message) => !isLine(message))
  await react(ctx, app, {
    place: heard.place,
    pressed: null,
    reaction: { messages: others, replaces: false, form: null },
  })
  return note(lines.map(({ text }) => text).join('\n') || FOLLOWS)
}

const open = (form: Form) => ({
  task: {
    type: 'continue',
    value: {
      title: form.title.slice(0, 60),
      height: 'medium',
      width: 'medium',
      card: { contentType: CARD, content: formCard(form) },
    },
  },
})

const note = (text: string) => ({ task: { type: 'message', value: text } })
