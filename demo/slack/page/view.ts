import type { Slack } from '../../../test/support/slack/driver.ts'
import type { SlackPerson } from '../../../test/support/slack/person.ts'
import type { Seen } from '../../../test/support/slack/seen.ts'
import type { Json } from '../../../test/support/slack/team.ts'

/** What one person sees at one place: `home`, a channel by its name, or else their direct message with Behalf. */
export interface View {
  messages: { ts: string; from: string; isApp: boolean; isPrivate: boolean; text: string; blocks: Json[] }[]
  /** Blocks of the App Home; null elsewhere. */
  home: Json[] | null
  /** The form that is open. */
  form: Json | null
}

export async function viewOf(slack: Slack, me: SlackPerson, place: string): Promise<View> {
  const form = formOf(slack, me)
  if (place === 'home') return { messages: [], home: homeOf(slack, me) ?? [], form }
  const seen = await me.sees(channelOf(me, place))
  return { messages: seen.map((each) => messageOf(me, each)), home: null, form }
}

/** Undefined: the direct message. */
export const channelOf = ({ team }: SlackPerson, place: string): string | undefined =>
  team.channels.find(({ name }) => name === place)?.name

/** Undefined until it was opened. */
export const homeOf = ({ state }: Slack, { team, user }: SlackPerson): Json[] | undefined =>
  state.views.get(`${team.id}/${user.id}/home`)?.view.blocks

function formOf({ state }: Slack, { team, user }: SlackPerson): Json | null {
  const isMine = (each: { team: string; user: string }) => each.team === team.id && each.user === user.id
  const open = [...state.views.values()].filter((each) => isMine(each) && each.isOpen && each.view.type === 'modal')
  return open.at(-1)?.view ?? null
}

function messageOf({ team }: SlackPerson, { ts, from, isPrivate, message }: Seen): View['messages'][number] {
  const isApp = from === team.botUserId
  const name = team.users.find(({ id }) => id === from)?.realName ?? from
  const text = String(message.text ?? '').replaceAll(`<@${team.botUserId}>`, '@Behalf')
  return { ts, from: isApp ? 'Behalf' : name, isApp, isPrivate, text, blocks: message.blocks ?? [] }
}
