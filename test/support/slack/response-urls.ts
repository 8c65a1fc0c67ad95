import { randomUUID } from 'node:crypto'
import { checkBlocks } from './limits.ts'
import { nowAt, type ResponseUrl, type SlackState } from './state.ts'
import type { Json } from './team.ts'

const LIFE_MS = 30 * 60 * 1000
const USES = 5

/** A `response_url`: good for 30 minutes and five messages. */
export function mintResponseUrl(state: SlackState, about: Omit<ResponseUrl, 'uses' | 'until'>): string {
  const id = randomUUID()
  state.responseUrls.set(id, { ...about, uses: 0, until: nowAt(state) + LIFE_MS })
  return `${state.url}/actions/${about.team.id}/${id}`
}

/** Does what was posted to one, or answered to a slash command; what Slack answers. */
export async function answerResponseUrl(state: SlackState, id: string, message: Json): Promise<Json> {
  const target = state.responseUrls.get(id)
  if (!target || target.until <= nowAt(state)) return { ok: false, error: 'expired_url' }
  if (target.uses >= USES) return { ok: false, error: 'used_url' }
  target.uses += 1
  return show(state, target, message)
}

/** Shows it: in the place of the message that was pressed, to everybody in the channel, or to the one person alone. */
export async function show(
  state: SlackState,
  target: Omit<ResponseUrl, 'uses' | 'until'>,
  message: Json,
): Promise<Json> {
  const problem = checkBlocks(message)
  if (problem) return problem
  const { team, channel, user, message: pressed } = target
  const { text = '', blocks, thread_ts } = message
  const old = state.ephemerals.findIndex(({ ts }) => ts === pressed?.ts)
  if (message.delete_original && pressed) {
    if (pressed.isEphemeral) state.ephemerals.splice(old, old < 0 ? 0 : 1)
    else await team.ask(team.botUserId, 'chat.delete', { channel, ts: pressed.ts })
    return { ok: true }
  }
  if (message.replace_original && pressed) {
    if (!pressed.isEphemeral) return team.ask(team.botUserId, 'chat.update', { channel, ts: pressed.ts, text, blocks })
    const before = state.ephemerals[old]
    if (before) state.ephemerals[old] = { ...before, text, blocks }
    return { ok: true }
  }
  if (message.response_type === 'in_channel')
    return team.ask(team.botUserId, 'chat.postMessage', { channel, text, blocks, thread_ts })
  const { message_ts: ts } = await team.ask(team.botUserId, 'chat.postEphemeral', {
    channel,
    user,
    text: text || ' ',
    blocks,
  })
  state.ephemerals.push({ team: team.id, channel, user, ts, text, blocks, thread_ts: thread_ts ?? pressed?.thread_ts })
  return { ok: true }
}
