import {
  type Action,
  ActionSet,
  AdaptiveCard,
  type CardElementArray,
  Choice,
  ChoiceSetInput,
  OpenUrlAction,
  RichTextBlock,
  TextRun,
} from '@microsoft/teams.cards'
import type { Message, MessageItem, MessageMenu, Press } from '../../surface.ts'
import { CARD_BYTES, cut, LIMITS } from './limits.ts'
import { plain } from './plain.ts'
import { PICK, pressAction, sendAction } from './press-action.ts'

export interface RenderedOn {
  /** Where all of it can be read. */
  restUrl: string
  /** Whether a button can open a dialog. */
  hasDialogs: boolean
}

/** A message as a card; what is longer than Teams takes is cut, and says where the rest is. */
export function messageCard(message: Message, on: RenderedOn): AdaptiveCard {
  for (const share of [1, 1 / 2, 1 / 4, 1 / 8]) {
    const card = renderShare(message, on, share)
    if (Buffer.byteLength(JSON.stringify(card)) <= CARD_BYTES) return card
  }
  return renderShare({ ...message, fields: [], items: [], buttons: [], menus: [] }, on, 1 / 8)
}

const ITEMS = 40
const TONES = { neutral: 'Default', success: 'Good', failure: 'Attention' } as const

function renderShare(message: Message, { restUrl, hasDialogs }: RenderedOn, share: number): AdaptiveCard {
  const { text, fields, links, tone, items = [], buttons = [], menus = [] } = message
  const most = Math.floor(ITEMS * share)
  const texts = { text: LIMITS.text * share, value: LIMITS.value * share }
  const isCut =
    text.length > texts.text ||
    items.length > most ||
    fields.length > most ||
    fields.some(({ value }) => value.length > texts.value)
  const body: CardElementArray = [
    plain(cut(text, texts.text), { color: tone === 'failure' ? 'Attention' : 'Default' }),
    ...fields.slice(0, most).map(({ name, value }) => fieldBlock(name, cut(value, texts.value))),
    ...items.slice(0, most).map(itemBlock),
    ...pickList(items.slice(0, most)),
    ...menus.flatMap((menu, index) => menuBlocks(menu, `${PICK}_${index}`)),
  ]
  const shown = isCut ? [...links, { label: 'See all of it', url: restUrl }] : links
  const actions: Action[] = [
    ...shown.map(({ label, url }) => new OpenUrlAction(url, { title: cut(label, LIMITS.label) })),
    ...buttons.map((button) => pressAction(button, hasDialogs)),
  ]
  const card = new AdaptiveCard(...body).withOptions({ version: '1.5', fallbackText: cut(text, 200) })
  return actions.length === 0 ? card : card.withActions(...(actions.slice(0, LIMITS.buttons) as never[]))
}

function fieldBlock(name: string, value: string): RichTextBlock {
  return new RichTextBlock().withInlines(new TextRun(`${name}  `, { weight: 'Bolder' }), new TextRun(value || ' '))
}

/** One thing of a list, and how it stands. */
function itemBlock({ text, badge }: MessageItem): RichTextBlock {
  return new RichTextBlock().withInlines(
    new TextRun(`${text}  `),
    new TextRun(`[${badge.text}]`, { color: TONES[badge.tone], weight: 'Bolder' }),
  )
}

/** What can be done with the things of a list: one is picked, then what to do with it. */
function pickList(items: readonly MessageItem[]): CardElementArray {
  const doable = items.flatMap((item, index) =>
    [...item.buttons, ...(item.more ?? [])].map((button) => ({ ...button, value: String(index) })),
  )
  const labels = [...new Set(doable.map(({ label }) => label))]
  if (labels.length === 0) return []
  const picked = items.flatMap(({ text }, index) =>
    doable.some(({ value }) => value === String(index))
      ? [new Choice({ title: cut(text, LIMITS.label), value: String(index) })]
      : [],
  )
  const actions = labels.map((label) => {
    const those = doable.filter((each) => each.label === label)
    const style = those[0]?.style ?? 'plain'
    return sendAction({ label, style }, { presses: pressesOf(those) })
  })
  return [choiceSet(PICK, 'Choose one', picked), new ActionSet(...actions)]
}

function menuBlocks({ label, options }: MessageMenu, id: string): CardElementArray {
  const some = options
    .slice(0, LIMITS.choices)
    .map(({ label, press }, index) => ({ label, press, value: String(index) }))
  if (some.length === 0) return []
  const choices = some.map(({ label, value }) => new Choice({ title: cut(label, LIMITS.label), value }))
  const choose = sendAction({ label, style: 'plain' }, { presses: pressesOf(some), picked: id })
  return [choiceSet(id, label, choices), new ActionSet(choose)]
}

const pressesOf = (those: readonly { value: string; press: Press }[]): Record<string, Press> =>
  Object.fromEntries(those.map(({ value, press }) => [value, press]))

const choiceSet = (id: string, placeholder: string, choices: Choice[]): ChoiceSetInput =>
  new ChoiceSetInput(...choices).withOptions({ id, style: 'compact', placeholder: cut(placeholder, LIMITS.label) })
