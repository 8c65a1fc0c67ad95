import { randomUUID } from 'node:crypto'
import { until } from '../until.ts'
import type { Ack } from './deliver.ts'
import type { Slack } from './driver.ts'
import { type Filled, fillView, readState } from './fill-view.ts'
import { found } from './found.ts'
import { mintTrigger } from './methods.ts'
import { mintResponseUrl, show } from './response-urls.ts'
import { sample } from './samples.ts'
import { elementsOf, labelOf, type Seen, seenOf, textOfView } from './seen.ts'
import type { SlackView } from './state.ts'
import type { Json, SlackTeam } from './team.ts'
import type { UserWanted } from './world.ts'

/** Somebody at Slack: what they do there, and what they see. */
export interface SlackPerson {
  user: UserWanted
  team: SlackTeam
  /** Their direct message with the bot. */
  dm(): Promise<string>
  says(text: string): Promise<Ack>
  /** By its name or id; `thread` is the `ts` of its first message. Slack tells the app only what mentions it. */
  saysIn(channel: string, text: string, thread?: string): Promise<Ack>
  /** In the direct message, unless another channel is said. */
  runs(command: string, text: string, channel?: string): Promise<Ack>
  /** Presses the one button with this label, or chooses `option` of a menu. */
  presses(seen: Seen, label: string, option?: string): Promise<Ack>
  /** Of several with this label the `nth`, from 0. */
  pressesAtHome(label: string, nth?: number): Promise<Ack>
  /** Fills in the form that is open, by the labels of its fields, and sends it. */
  fills(values: Record<string, string>): Promise<Filled>
  /** Closes the form that is open. */
  closes(): Promise<void>
  opensHome(): Promise<Ack>
  /** What they see in a channel, the oldest first: in the direct message where none is said. */
  sees(channel?: string, thread?: string): Promise<Seen[]>
  /** The newest message that says this, once it is there. */
  reads(text: string | RegExp, channel?: string, thread?: string): Promise<Seen>
  /** The form that is open, once there is one. */
  form(): Promise<SlackView>
  /** What their App Home shows, once it is there. */
  home(): Promise<string>
}

export function slackPerson(slack: Slack, team: SlackTeam, name: string): SlackPerson {
  const { state } = slack
  const user = found(team.users, (each) => each.name === name, name)
  const idOf = (channel: string) => team.channels.find((each) => each.name === channel)?.id ?? channel
  const who = { id: user.id, username: user.name, name: user.name, team_id: user.homeTeam ?? team.id }
  const where = { team: { id: team.id, domain: team.domain }, api_app_id: slack.app.app_id }
  const isOrgWide = () => state.orgWide.has(team.enterprise?.id ?? '')
  const grid = () => team.enterprise && { enterprise: team.enterprise, is_enterprise_install: isOrgWide() }
  const open = () =>
    [...state.views.values()]
      .filter(
        ({ team: id, user: each, isOpen, view }) =>
          id === team.id && each === user.id && isOpen && view.type === 'modal',
      )
      .at(-1)
  const trigger = () => mintTrigger(state, team, user.id)

  async function dm(): Promise<string> {
    const { channel } = await team.ask(team.botUserId, 'conversations.open', { users: user.id })
    state.directMessages.set(channel.id, team.id)
    return channel.id
  }

  async function say(channel: string, text: string, thread_ts?: string) {
    const { ts } = await team.ask(user.id, 'chat.postMessage', { channel, text, ...(thread_ts && { thread_ts }) })
    return {
      client_msg_id: randomUUID(),
      user: user.id,
      text,
      team: user.homeTeam ?? team.id,
      ts,
      event_ts: ts,
      channel,
      ...(thread_ts && { thread_ts }),
      ...(user.homeTeam && { user_team: user.homeTeam, source_team: user.homeTeam }),
      ...(user.kind === 'bot' && { bot_id: `B${user.id.slice(1)}` }),
    }
  }

  const event = (name: string, fields: object) =>
    slack.event(team, sample(name, fields), { is_ext_shared_channel: user.homeTeam !== undefined })

  async function act(element: Json, at: object, option?: string): Promise<Ack> {
    const { action_id, block_id, value, type, text, options = [] } = element
    const chosen = option === undefined ? undefined : found<Json>(options, (each) => each.text.text === option, option)
    const action = { action_id, block_id: block_id ?? 'b', type, action_ts: String(Date.now() / 1000) }
    const what = chosen ? { selected_option: chosen } : { text, ...(value !== undefined && { value }) }
    const payload = { user: who, ...where, ...grid(), trigger_id: trigger(), actions: [{ ...action, ...what }], ...at }
    return slack.send({ kind: 'interactive', payload: sample('block-actions', payload) })
  }

  const person: SlackPerson = {
    user,
    team,
    dm,
    async says(text) {
      return event('message-im', await say(await dm(), text))
    },
    async saysIn(channel, text, thread) {
      const said = await say(idOf(channel), text.replaceAll('@Behalf', `<@${team.botUserId}>`), thread)
      const isHeard = said.text.includes(`<@${team.botUserId}>`) && team.botIsIn.has(idOf(channel))
      return isHeard ? event('app-mention', said) : { status: 0, body: null, ms: 0 }
    },
    async runs(command, text, channel) {
      const id = channel ? idOf(channel) : await dm()
      const about = { team, channel: id, user: user.id, message: null }
      const payload = sample('slash-command', {
        team_id: team.id,
        team_domain: team.domain,
        ...(team.enterprise && { enterprise_id: team.enterprise.id, enterprise_name: team.enterprise.name }),
        channel_id: id,
        channel_name: team.channels.find((each) => each.id === id)?.name ?? 'directmessage',
        user_id: user.id,
        user_name: user.name,
        command,
        text,
        api_app_id: slack.app.app_id,
        is_enterprise_install: String(isOrgWide()),
        response_url: mintResponseUrl(state, about),
        trigger_id: trigger(),
      })
      const ack = await slack.send({ kind: 'slash_commands', payload })
      if (ack.body) await show(state, about, typeof ack.body === 'string' ? { text: ack.body } : ack.body)
      return ack
    },
    async presses(seen, label, option) {
      const element = found(elementsOf(seen.message.blocks), (each) => labelOf(each) === label, `button ${label}`)
      const { channel, ts, thread_ts, isPrivate, message } = seen
      const about = {
        team,
        channel,
        user: user.id,
        message: { ts, isEphemeral: isPrivate, ...(thread_ts && { thread_ts }) },
      }
      const container = { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: isPrivate }
      const name = team.channels.find(({ id }) => id === channel)?.name ?? 'directmessage'
      const at = {
        container: { ...container, ...(thread_ts && { thread_ts }) },
        channel: { id: channel, name },
        response_url: mintResponseUrl(state, about),
        ...(!isPrivate && { message }),
      }
      return act(element, at, option)
    },
    async pressesAtHome(label, nth = 0) {
      const { view } = found(
        [...state.views.values()],
        ({ user: id, view }) => id === user.id && view.type === 'home',
        'home',
      )
      const labelled = elementsOf(view.blocks).filter((each) => labelOf(each) === label)
      const element = found(labelled.slice(nth), () => true, `button ${label}`)
      return act(element, { container: { type: 'view', view_id: view.id }, view })
    },
    async fills(values) {
      const form = await person.form()
      return fillView(slack, form, values, {
        user: who,
        ...where,
        ...grid(),
        trigger_id: trigger(),
      })
    },
    async closes() {
      const form = await person.form()
      form.isOpen = false
      const view = { ...form.view, state: readState(form.view, {}) }
      const payload = sample('view-closed', { user: who, ...where, ...grid(), view })
      if (form.view.notify_on_close) await slack.send({ kind: 'interactive', payload })
    },
    async opensHome() {
      return event('app-home-opened', { user: user.id, channel: await dm(), event_ts: String(Date.now() / 1000) })
    },
    async sees(channel, thread) {
      const id = channel ? idOf(channel) : await dm()
      const asked = thread
        ? await team.ask(user.id, 'conversations.replies', { channel: id, ts: thread, limit: 1000 })
        : await team.ask(user.id, 'conversations.history', { channel: id, limit: 1000 })
      const mine = state.ephemerals.filter(
        (each) => each.team === team.id && each.channel === id && each.user === user.id && each.thread_ts === thread,
      )
      return [
        ...(asked.messages ?? []).map((message: Json) => seenOf(team.id, id, message, false)),
        ...mine.map((message) => seenOf(team.id, id, { ...message, user: team.botUserId }, true)),
      ].sort((a, b) => (a.ts < b.ts ? -1 : 1))
    },
    reads: (text, channel, thread) =>
      until(async () => {
        const seen = await person.sees(channel, thread)
        const said = seen.findLast((each) => each.from === team.botUserId && matches(each.text, text))
        if (!said) throw new Error(`${name} sees ${JSON.stringify(seen.map((each) => each.text))}`)
        return said
      }),
    form: () => until(open),
    home: () =>
      until(() => {
        const home = state.views.get(`${team.id}/${user.id}/home`)
        return home && textOfView(home.view)
      }),
  }
  return person
}

const matches = (text: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
