import { z } from 'zod'
import type { Slack } from '../../../test/support/slack/driver.ts'
import type { Filled } from '../../../test/support/slack/fill-view.ts'
import type { SlackPerson } from '../../../test/support/slack/person.ts'
import { elementsOf, labelOf } from '../../../test/support/slack/seen.ts'
import type { Json } from '../../../test/support/slack/team.ts'
import { channelOf, homeOf } from './view.ts'

/** What somebody does on the page. */
export const Deed = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('say'), place: z.string(), text: z.string().min(1).max(4000) }),
  z.strictObject({
    do: z.literal('press'),
    place: z.string(),
    ts: z.string(),
    action: z.string(),
    option: z.string().optional(),
  }),
  z.strictObject({ do: z.literal('press_at_home'), action: z.string() }),
  z.strictObject({ do: z.literal('open_home') }),
  z.strictObject({ do: z.literal('fill_in'), values: z.record(z.string(), z.string()) }),
  z.strictObject({ do: z.literal('close') }),
])
type Deed = z.infer<typeof Deed>

const COMMAND = /^(\/behalf)(?:\s+(.*))?$/s

/** Does it, as Slack's own client and servers would. Answers what is wrong with a form that was sent, by the label of each field. */
export async function act(slack: Slack, me: SlackPerson, deed: Deed): Promise<Pick<Filled, 'errors'>> {
  switch (deed.do) {
    case 'say':
      await say(me, deed)
      break
    case 'press':
      await press(me, deed)
      break
    case 'press_at_home':
      await pressAtHome(slack, me, deed)
      break
    case 'open_home':
      await me.opensHome()
      break
    case 'fill_in':
      return me.fills(deed.values)
    case 'close':
      await me.closes()
  }
  return { errors: {} }
}

function say(me: SlackPerson, { place, text }: Extract<Deed, { do: 'say' }>): Promise<unknown> {
  const channel = channelOf(me, place)
  const [, command, rest = ''] = COMMAND.exec(text) ?? []
  if (command) return me.runs(command, rest, channel)
  return channel ? me.saysIn(channel, text) : me.says(text)
}

async function press(me: SlackPerson, { place, ts, action, option }: Extract<Deed, { do: 'press' }>): Promise<void> {
  const seen = (await me.sees(channelOf(me, place))).find((each) => each.ts === ts)
  const element = elementsOf(seen?.message.blocks).find(({ action_id }) => action_id === action)
  if (!seen || !element) return
  // Several may have the same label: here it is the only one.
  const message = { ...seen.message, blocks: [{ type: 'actions', block_id: element.block_id, elements: [element] }] }
  await me.presses({ ...seen, message }, labelOf(element), option)
}

async function pressAtHome(slack: Slack, me: SlackPerson, { action }: { action: string }): Promise<void> {
  const elements: Json[] = elementsOf(homeOf(slack, me))
  const element = elements.find(({ action_id }) => action_id === action)
  const label = element && labelOf(element)
  if (element) await me.pressesAtHome(label, elements.filter((each) => labelOf(each) === label).indexOf(element))
}
