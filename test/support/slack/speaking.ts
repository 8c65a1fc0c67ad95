import { randomUUID } from 'node:crypto'
import type { Ack } from './deliver.ts'
import { mintResponseUrl, show } from './response-urls.ts'
import { sample } from './samples.ts'
import { idOfChannel, isOrgWide, nameOfChannel, openDirect, type Seat, triggerOf } from './seat.ts'
import type { Json } from './team.ts'

export async function sayDirectly(seat: Seat, text: string, thread?: string): Promise<Ack> {
  return tell(seat, 'message-im', await post(seat, await openDirect(seat), text, thread))
}

/** Slack tells the app only what mentions it, where its bot is. */
export async function sayIn(seat: Seat, channel: string, text: string, thread?: string): Promise<Ack> {
  const { team } = seat
  const id = idOfChannel(seat, channel)
  const said = await post(seat, id, text.replaceAll('@Behalf', `<@${team.botUserId}>`), thread)
  const isHeard = said.text.includes(`<@${team.botUserId}>`) && team.botIsIn.has(id)
  return isHeard ? tell(seat, 'app-mention', said) : { status: 0, body: null, ms: 0 }
}

export async function openHome(seat: Seat): Promise<Ack> {
  const [user, channel] = [seat.user.id, await openDirect(seat)]
  return tell(seat, 'app-home-opened', { user, channel, event_ts: String(Date.now() / 1000) })
}

/** Opens a new thread with the app as an assistant. */
export async function openAssistant(seat: Seat): Promise<string> {
  const { team, user } = seat
  const channel = await openDirect(seat)
  const { ts } = await team.ask(team.botUserId, 'chat.postMessage', { channel, text: 'New assistant thread' })
  const context = { channel_id: team.channels[0]?.id, team_id: team.id, enterprise_id: null }
  const assistant_thread = { user_id: user.id, context, channel_id: channel, thread_ts: ts }
  await tell(seat, 'assistant-thread-started', { assistant_thread, event_ts: ts })
  return ts
}

export async function runCommand(seat: Seat, command: string, text: string, channel?: string): Promise<Ack> {
  const { slack, team, user } = seat
  const id = channel ? idOfChannel(seat, channel) : await openDirect(seat)
  const about = { team, channel: id, user: user.id, message: null }
  const { enterprise } = team
  const payload = sample('slash-command', {
    team_id: team.id,
    team_domain: team.domain,
    ...(enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
    channel_id: id,
    channel_name: nameOfChannel(seat, id),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: slack.app.app_id,
    is_enterprise_install: String(isOrgWide(seat)),
    response_url: mintResponseUrl(slack.state, about),
    trigger_id: triggerOf(seat),
  })
  const ack = await slack.send({ kind: 'slash_commands', payload })
  if (ack.body) await show(slack.state, about, typeof ack.body === 'string' ? { text: ack.body } : ack.body)
  return ack
}

/** Puts a message where they say it; what the event of it says. */
async function post({ team, user }: Seat, channel: string, text: string, thread_ts?: string): Promise<Json> {
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

const tell = ({ slack, team, user }: Seat, name: string, fields: object): Promise<Ack> =>
  slack.event(team, sample(name, fields), { is_ext_shared_channel: user.homeTeam !== undefined })
