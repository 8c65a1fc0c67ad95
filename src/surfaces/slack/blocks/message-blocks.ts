import type { types } from '@slack/bolt'
import type { Message, MessageButton, MessageItem, MessageLink, MessageMenu, Press } from '../../surface.ts'
import { LINK, PRESS } from '../read-interaction.ts'
import { cut, LIMITS } from './limits.ts'

export type Block = types.KnownBlock

/** A message as Slack is sent it. */
export interface SlackMessage {
  /** For notifications: the text alone, never a link. */
  text: string
  blocks: Block[]
}

export interface RenderedOn {
  /** What the block of links is called, so that it is known which message a link was followed in. */
  deliveryId?: string
  /** Where the rest of a message that is too long for Slack can be read. */
  restUrl: string
}

/**
 * A neutral message in Block Kit. Texts are plain, so that nothing in them is read as a mention or a link; what is longer than Slack
 * takes is cut, and says where the rest is.
 */
export function messageBlocks(message: Message, { deliveryId, restUrl }: RenderedOn): SlackMessage {
  const text = `${message.tone === 'failure' ? '⚠️ ' : ''}${message.text}`
  const buttons = [...linkElements(message.links), ...buttonElements(message.buttons ?? [], 'buttons')]
  const links = message.links.length > 0 && deliveryId !== undefined ? { block_id: `links:${deliveryId}` } : {}
  const tail = [...actionsBlocks(buttons, links), ...(message.menus ?? []).flatMap(menuBlocks)]
  const body = [
    ...textBlocks(text),
    ...message.fields.map(fieldBlock),
    ...(message.items ?? []).flatMap((item, index) => itemBlocks(item, index)),
  ]
  const room = LIMITS.blocks - tail.length
  const isLong =
    body.length > room || text.length > LIMITS.text || message.fields.some(({ value }) => value.length > LIMITS.field)
  const shown = isLong ? [...body.slice(0, room - 1), restBlock(restUrl)] : body
  return { text: escapeMrkdwn(cut(text, LIMITS.notification)), blocks: [...shown, ...tail] }
}

/** A text among mrkdwn: nothing in it is a mention or a link. */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function textBlocks(text: string): Block[] {
  return text.trim() === '' ? [] : [section(text)]
}

export const section = (text: string): types.SectionBlock => ({
  type: 'section',
  text: { type: 'plain_text', text: cut(text, LIMITS.text), emoji: false },
})

function fieldBlock({ name, value }: Message['fields'][number]): Block {
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: name, style: { bold: true } },
          { type: 'text', text: '\n' },
          valueElement(cut(value, LIMITS.field) || ' '),
        ],
      },
    ],
  }
}

/** A whole address is one to follow; nothing else of a value is read. */
function valueElement(text: string): types.RichTextText | types.RichTextLink {
  const isAddress = /^https?:\/\/\S+$/.test(text) && URL.canParse(text)
  return isAddress ? { type: 'link', url: text } : { type: 'text', text }
}

/** One thing of a list, how it stands behind it; its one button beside it, several below. */
function itemBlocks({ text, badge, buttons }: MessageItem, index: number): Block[] {
  const line = section(`${text}\n[${badge.text}]`)
  const elements = buttonElements(buttons, `item${index}`)
  if (elements.length === 1) return [{ ...line, accessory: elements[0] } as Block]
  return elements.length === 0 ? [line] : [line, { type: 'actions', elements }]
}

function linkElements(links: readonly MessageLink[]): types.Button[] {
  return links.map(({ label, url }, index) => ({
    type: 'button',
    action_id: `${LINK}${index}`,
    text: { type: 'plain_text', text: cut(label, LIMITS.label), emoji: false },
    url,
    ...(index === 0 && { style: 'primary' }),
  }))
}

function actionsBlocks(elements: types.Button[], more: { block_id?: string } = {}): Block[] {
  return elements.length === 0 ? [] : [{ type: 'actions', elements: elements.slice(0, LIMITS.elements), ...more }]
}

function buttonElements(buttons: readonly MessageButton[], name: string): types.Button[] {
  return buttons.slice(0, LIMITS.elements).flatMap((button, index) => {
    const value = pressValue(button.press)
    return value.length > LIMITS.value ? [] : [buttonElement(button, `${PRESS}${name}:${index}`, value)]
  })
}

/** A list to choose of; its options as buttons where one of them carries more than Slack's lists take. */
function menuBlocks({ label, options }: MessageMenu, index: number): Block[] {
  const fits = options.every(({ press }) => pressValue(press).length <= LIMITS.optionValue)
  if (!fits || options.length > LIMITS.options) {
    const buttons = options.map(({ label, press }) => ({ label, press, style: 'plain' as const, confirm: null }))
    return [section(label), ...actionsBlocks(buttonElements(buttons, `menu${index}`))]
  }
  const element: types.StaticSelect = {
    type: 'static_select',
    action_id: `${PRESS}menu${index}`,
    placeholder: { type: 'plain_text', text: cut(label, LIMITS.optionValue), emoji: false },
    options: options.map(({ label, press }) => ({
      text: { type: 'plain_text', text: cut(label, LIMITS.label), emoji: false },
      value: pressValue(press),
    })),
  }
  return options.length === 0 ? [] : [{ type: 'actions', elements: [element] }]
}

const pressValue = (press: Press): string => JSON.stringify(press)

function buttonElement({ label, style, confirm }: MessageButton, id: string, value: string): types.Button {
  return {
    type: 'button',
    action_id: id,
    value,
    text: { type: 'plain_text', text: cut(label, LIMITS.label), emoji: false },
    ...(style !== 'plain' && { style }),
    ...(confirm !== null && {
      confirm: {
        title: { type: 'plain_text', text: 'Are you sure?' },
        text: { type: 'plain_text', text: cut(confirm, LIMITS.confirm) },
        confirm: { type: 'plain_text', text: cut(label, LIMITS.confirmLabel) },
        deny: { type: 'plain_text', text: 'Cancel' },
      },
    }),
  }
}

function restBlock(restUrl: string): Block {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: `This is too long for Slack. <${restUrl}|See all of it>` },
  }
}
