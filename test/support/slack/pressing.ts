import { until } from '../until.ts'
import type { Ack } from './deliver.ts'
import { readState } from './fill-view.ts'
import { found } from './found.ts'
import { mintResponseUrl } from './response-urls.ts'
import { sample } from './samples.ts'
import { interaction, nameOfChannel, type Seat, triggerOf } from './seat.ts'
import { elementsOf, labelOf, type Seen } from './seen.ts'
import type { SlackView } from './state.ts'
import type { Json } from './team.ts'

/** Presses the one button with this label, or chooses `option` of a menu. */
export function press(seat: Seat, seen: Seen, label: string, option?: string): Promise<Ack> {
  const { slack, team, user } = seat
  const { channel, ts, thread_ts, isPrivate, message } = seen
  const inThread = thread_ts && { thread_ts }
  const about = { team, channel, user: user.id, message: { ts, isEphemeral: isPrivate, ...inThread } }
  const container = { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: isPrivate, ...inThread }
  const element = found(elementsOf(message.blocks), (each) => labelOf(each) === label, `button ${label}`)
  const at = {
    container,
    channel: { id: channel, name: nameOfChannel(seat, channel) },
    response_url: mintResponseUrl(slack.state, about),
    ...(!isPrivate && { message }),
  }
  return act(seat, element, at, option)
}

export function pressAtHome(seat: Seat, label: string, nth: number): Promise<Ack> {
  const view = homeOf(seat)?.view
  const labelled = elementsOf(view?.blocks).filter((each) => labelOf(each) === label)
  const element = found(labelled.slice(nth), () => true, `button ${label}`)
  return act(seat, element, { container: { type: 'view', view_id: view.id }, view })
}

export const homeOf = ({ slack, team, user }: Seat): SlackView | undefined =>
  slack.state.views.get(`${team.id}/${user.id}/home`)

/** The form they have open, once there is one. */
export function openForm({ slack, team, user }: Seat): Promise<SlackView> {
  const isTheirs = (each: SlackView) => each.team === team.id && each.user === user.id && each.isOpen
  return until(() => [...slack.state.views.values()].findLast((each) => isTheirs(each) && each.view.type === 'modal'))
}

export async function closeForm(seat: Seat): Promise<void> {
  const form = await openForm(seat)
  form.isOpen = false
  const view = { ...form.view, state: readState(form.view, {}) }
  const payload = sample('view-closed', { ...interaction(seat), view })
  if (form.view.notify_on_close) await seat.slack.send({ kind: 'interactive', payload })
}

function act(seat: Seat, element: Json, at: object, option?: string): Promise<Ack> {
  const { action_id, block_id = 'b', value, type, text, options = [] } = element
  const what =
    option === undefined
      ? { text, ...(value !== undefined && { value }) }
      : { selected_option: found<Json>(options, (each) => each.text.text === option, option) }
  const action = { action_id, block_id, type, action_ts: String(Date.now() / 1000), ...what }
  const payload = { ...interaction(seat), trigger_id: triggerOf(seat), actions: [action], ...at }
  return seat.slack.send({ kind: 'interactive', payload: sample('block-actions', payload) })
}
