import { randomUUID } from 'node:crypto'
import { until } from '../until.ts'
import { actionsIn, inputsIn, textOf } from './card.ts'
import { chatOf, type Forgery, type Microsoft, type TeamsMessage } from './microsoft.ts'
import { APP, TENANT, type TeamsUser } from './users.ts'

// biome-ignore lint/suspicious/noExplicitAny: activities are made of whatever the protocol has
type Json = any

export const GENERAL = '19:general@thread.tacv2;messageid=1700000000000'

/** What came of pressing something. */
export interface Pressed {
  status: number
  body: Json
  /** Where it was pressed. */
  conversation: string
}

/** Somebody who uses the bot, by what Teams sends for them. */
export interface TeamsPerson {
  user: TeamsUser
  /** Sends an activity of theirs, signed as Teams does, or forged. */
  send(activity: object, forgery?: Forgery): Promise<Pressed>
  says(text: string): Promise<Pressed>
  saysIn(channel: string, text: string): Promise<Pressed>
  /** The newest message with this text since they last said something, in their own chat with the bot or there, once there is one. */
  reads(text: string, conversation?: string): Promise<TeamsMessage>
  /** All that stands in their own chat, or there. */
  sees(conversation?: string): TeamsMessage[]
  /** Presses a button of a card, with what is filled in; the card that is answered takes the message's place. */
  presses(message: TeamsMessage, label: string, inputs?: Record<string, string>): Promise<Pressed>
  /** Sends a dialog that was opened. */
  submits(opened: Pressed, values: Record<string, string>): Promise<Pressed>
}

/** A message's whole text, links and buttons included. */
export const readable = ({ text, card }: TeamsMessage): string => `${text}\n${textOf(card)}`

/** That person; `endpoint` is where the bot listens. */
export function teamsPerson(microsoft: Microsoft, user: TeamsUser, endpoint: () => URL): TeamsPerson {
  const chat = chatOf(user)
  const base = () => ({
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl: `${microsoft.url}/teams/`,
    from: { id: user.account, name: user.name, aadObjectId: user.objectId },
    recipient: { id: `28:${APP.client_id}`, name: 'Behalf' },
    conversation: { id: chat, conversationType: 'personal', tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
  })
  const send = async (more: object, forgery?: Forgery): Promise<Pressed> => {
    const activity = { ...base(), ...more }
    const response = await fetch(endpoint(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await microsoft.sign(forgery)}` },
      body: JSON.stringify(activity),
    })
    const text = await response.text()
    const body = text === '' ? null : JSON.parse(text)
    return { status: response.status, body, conversation: activity.conversation.id }
  }
  let since = 0
  const say = (activity: object) => {
    since = microsoft.messages.length
    return send(activity)
  }
  const placed = (conversation: string) => ({
    conversation: {
      id: conversation,
      conversationType: conversation === chat ? 'personal' : 'channel',
      tenantId: TENANT,
    },
  })
  const sees = (conversation = chat) => microsoft.messages.filter((message) => message.conversation === conversation)
  return {
    user,
    send,
    sees,
    says: (text) => say({ type: 'message', text, textFormat: 'plain' }),
    saysIn: (channel, text) =>
      say({
        ...placed(channel),
        type: 'message',
        text: `<at>Behalf</at> ${text}`,
        entities: [
          { type: 'mention', text: '<at>Behalf</at>', mentioned: { id: `28:${APP.client_id}`, name: 'Behalf' } },
        ],
      }),
    reads: (text, conversation) =>
      until(() =>
        sees(conversation).findLast((one) => microsoft.messages.indexOf(one) >= since && readable(one).includes(text)),
      ),
    async presses(message, label, inputs = {}) {
      const action = actionsIn(message.card).find(({ title, type }) => title === label && type !== 'Action.OpenUrl')
      if (!action) throw new Error(`“${label}” is no button of ${readable(message)}`)
      const data = { ...action.data, ...inputs }
      const where = { ...placed(message.conversation), replyToId: message.id }
      if (action.type === 'Action.Submit')
        return send({ ...where, type: 'invoke', name: 'task/fetch', value: { data, context: { theme: 'default' } } })
      const value = { action: { type: 'Action.Execute', verb: action.verb, data }, trigger: 'manual' }
      const answer = await send({ ...where, type: 'invoke', name: 'adaptiveCard/action', value })
      if (answer.body?.type === 'application/vnd.microsoft.card.adaptive') message.card = answer.body.value
      return answer
    },
    submits(opened, values) {
      const card = opened.body.task.value.card.content
      const [action] = actionsIn(card)
      const inputs = Object.fromEntries(inputsIn(card).map(({ id }) => [id, values[id.replace(/^field_/, '')] ?? '']))
      const value = { data: { ...action?.data, ...inputs } }
      return send({ ...placed(opened.conversation), type: 'invoke', name: 'task/submit', value })
    },
  }
}

/** What to pick of a message's list, as the input sends it. */
export function picked(message: TeamsMessage, title: string): Record<string, string> {
  for (const { id, choices } of inputsIn(message.card)) {
    const choice = choices.find((each) => each.title.startsWith(title))
    if (choice) return { [id]: choice.value }
  }
  throw new Error(`“${title}” cannot be picked in ${readable(message)}`)
}
