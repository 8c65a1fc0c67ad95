import { until } from '../until.ts'
import type { Ack } from './deliver.ts'
import type { Slack } from './driver.ts'
import { type Filled, fillView } from './fill-view.ts'
import { closeForm, homeOf, openForm, press, pressAtHome } from './pressing.ts'
import { idOfChannel, interaction, openDirect, type Seat, takeSeat, triggerOf } from './seat.ts'
import { type Seen, seenOf, textOfView } from './seen.ts'
import { openAssistant, openHome, runCommand, sayDirectly, sayIn } from './speaking.ts'
import type { SlackView } from './state.ts'
import type { Json, SlackTeam } from './team.ts'
import type { UserWanted } from './world.ts'

/** Somebody at Slack: what they do there, and what they see. */
export interface SlackPerson {
  user: UserWanted
  team: SlackTeam
  /** Their direct message with the bot. */
  dm(): Promise<string>
  /** To the bot, in their direct message, or a thread of it. */
  says(text: string, thread?: string): Promise<Ack>
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
  /** Opens a thread with the app as an assistant: its `ts`. */
  opensAssistant(): Promise<string>
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
  const seat = takeSeat(slack, team, name)
  return {
    user: seat.user,
    team,
    dm: () => openDirect(seat),
    says: (text, thread) => sayDirectly(seat, text, thread),
    saysIn: (channel, text, thread) => sayIn(seat, channel, text, thread),
    runs: (command, text, channel) => runCommand(seat, command, text, channel),
    presses: (seen, label, option) => press(seat, seen, label, option),
    pressesAtHome: (label, nth = 0) => pressAtHome(seat, label, nth),
    async fills(values) {
      return fillView(slack, await openForm(seat), values, { ...interaction(seat), trigger_id: triggerOf(seat) })
    },
    closes: () => closeForm(seat),
    opensHome: () => openHome(seat),
    opensAssistant: () => openAssistant(seat),
    sees: (channel, thread) => see(seat, channel, thread),
    reads: (text, channel, thread) => until(() => read(seat, text, channel, thread)),
    form: () => openForm(seat),
    home: () => until(() => homeOf(seat) && textOfView(homeOf(seat)?.view)),
  }
}

async function see(seat: Seat, channel?: string, thread?: string): Promise<Seen[]> {
  const { slack, team, user } = seat
  const id = channel ? idOfChannel(seat, channel) : await openDirect(seat)
  const { messages = [] } = thread
    ? await team.ask(user.id, 'conversations.replies', { channel: id, ts: thread, limit: 1000 })
    : await team.ask(user.id, 'conversations.history', { channel: id, limit: 1000 })
  const isTheirs = (each: { team: string; channel: string; user: string; thread_ts?: string }) =>
    each.team === team.id && each.channel === id && each.user === user.id && each.thread_ts === thread
  const mine = slack.state.ephemerals.filter(isTheirs).map((each) => ({ ...each, user: team.botUserId }))
  return [
    ...messages.map((message: Json) => seenOf(team.id, id, message, false)),
    ...mine.map((message) => seenOf(team.id, id, message, true)),
  ].sort((a, b) => (a.ts < b.ts ? -1 : 1))
}

/** Throws while the bot has not said it there. */
async function read(seat: Seat, wanted: string | RegExp, channel?: string, thread?: string): Promise<Seen> {
  const seen = await see(seat, channel, thread)
  const says = ({ from, text }: Seen) =>
    from === seat.team.botUserId && (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))
  const said = seen.findLast(says)
  if (said) return said
  throw new Error(`${seat.user.name} sees ${JSON.stringify(seen.map(({ text }) => text))}`)
}
