import type { Json } from './team.ts'

/** A message as one person sees it. */
export interface Seen {
  team: string
  channel: string
  ts: string
  thread_ts?: string
  /** The user id of who said it. */
  from: string
  /** What is read: the blocks where there are some, else the text. */
  text: string
  /** Labels of what can be pressed. */
  buttons: string[]
  links: { label: string; url: string }[]
  /** Whether they alone see it. */
  isPrivate: boolean
  /** As Slack keeps it. */
  message: Json
}

export function seenOf(team: string, channel: string, message: Json, isPrivate: boolean): Seen {
  const { ts, thread_ts, user = '', text = '', blocks } = message
  const markup = blocks?.length ? blocks.map(markupOf).filter(Boolean).join('\n') : text
  return {
    team,
    channel,
    ts,
    thread_ts,
    from: user,
    text: read(markup),
    buttons: elementsOf(blocks).map(labelOf),
    links: [...linksIn(markup), ...urlButtons(blocks)],
    isPrivate,
    message,
  }
}

/** What a view shows, its inputs left out. */
export const textOfView = (view: Json): string =>
  read([view.title?.text, ...view.blocks.map(markupOf)].filter(Boolean).join('\n'))

/** Everything in blocks that can be pressed or chosen from, with the block it is in. */
export function elementsOf(blocks: Json[] = []): Json[] {
  return blocks.flatMap((block) =>
    [...(block.type === 'actions' ? block.elements : []), ...(block.accessory ? [block.accessory] : [])].map(
      (element) => ({ ...element, block_id: block.block_id }),
    ),
  )
}

export const labelOf = (element: Json): string => element.text?.text ?? element.placeholder?.text ?? element.type

function markupOf(block: Json): string {
  switch (block.type) {
    case 'section':
    case 'header':
      return [block.text, ...(block.fields ?? [])].filter(Boolean).map(markupOfText).join('\n')
    case 'context':
      return block.elements.map(markupOfText).join(' ')
    case 'markdown':
      return block.text
    case 'rich_text':
      return block.elements
        .flatMap(({ elements = [] }: Json) => elements.map(({ text, url }: Json) => text ?? url))
        .join('')
    default:
      return ''
  }
}

function linksIn(markup: string): { label: string; url: string }[] {
  return [...markup.matchAll(/<(https?:[^|>]+)(?:\|([^>]*))?>/g)].map(([, url = '', label]) => ({
    label: label ?? url,
    url: unescaped(url),
  }))
}

const urlButtons = (blocks?: Json[]) =>
  elementsOf(blocks)
    .filter(({ url }) => url)
    .map((element) => ({ label: labelOf(element), url: element.url as string }))

/** A plain text means nothing but itself. */
const markupOfText = ({ type, text = '' }: Json): string => (type === 'plain_text' ? escaped(text) : text)

const read = (markup: string): string =>
  unescaped(markup.replace(/<(https?:[^|>]+)(?:\|([^>]*))?>/g, (_, url, label) => label ?? url))

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
