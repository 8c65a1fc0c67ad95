import { Anchor, Code, Typography } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { safeHref } from './links.tsx'

/** The part of Markdown that connectors' guides are written in, as elements: headings, paragraphs, lists, tables; no HTML passes. */
export function Guide({ text }: { text: string }) {
  const blocks = text.split(/\n{2,}/).map((block) => block.trimEnd())
  return (
    <Typography fz="sm" style={{ overflowWrap: 'anywhere' }}>
      {blocks.map((block) => (
        <Fragment key={block}>{blockOf(block)}</Fragment>
      ))}
    </Typography>
  )
}

function blockOf(block: string): ReactNode {
  const heading = /^(#+) (.*)$/.exec(block)
  // The page has its own title.
  if (heading) return heading[1] === '#' ? null : <h4>{heading[2]}</h4>
  if (/^\d+\. /.test(block)) return <ol>{itemsOf(block)}</ol>
  if (/^[-*] /.test(block)) return <ul>{itemsOf(block)}</ul>
  if (block.startsWith('|')) return <dl>{rowsOf(block)}</dl>
  return <p>{inline(block)}</p>
}

/** An item goes on over indented lines. */
function itemsOf(block: string): ReactNode {
  const items = block.split(/\n(?=(?:\d+\.|[-*]) )/).map((item) => item.replace(/^(\d+\.|[-*]) /, ''))
  return items.map((item) => <li key={item}>{inline(item)}</li>)
}

/** Two columns, which narrow places show one below the other. */
function rowsOf(block: string): ReactNode {
  const rows = block.split('\n').slice(2)
  return rows.map((row) => {
    const [name = '', ...meaning] = row.replace(/^\||\|$/g, '').split('|')
    return (
      <Fragment key={row}>
        <dt style={{ fontWeight: 600 }}>{inline(name.trim())}</dt>
        <dd style={{ margin: '0 0 8px' }}>{inline(meaning.join('|').trim())}</dd>
      </Fragment>
    )
  })
}

const MARKS = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\)|(?<![\w/])_(?:`[^`]*`|[^_`])+_(?!\w))/

function inline(text: string): ReactNode {
  const parts = text.replaceAll(/\n\s*/g, ' ').split(MARKS)
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order
  return parts.map((part, index) => <Fragment key={index}>{marked(part)}</Fragment>)
}

function marked(part: string): ReactNode {
  if (part.startsWith('`')) return <Code>{part.slice(1, -1)}</Code>
  if (part.startsWith('**')) return <strong>{inline(part.slice(2, -2))}</strong>
  if (/^_.*_$/.test(part)) return <em>{inline(part.slice(1, -1))}</em>
  const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part)
  if (!link) return part
  const href = /^https?:/.test(link[2] ?? '') ? safeHref(link[2] ?? '') : undefined
  return href ? (
    <Anchor href={href} target="_blank" rel="noreferrer" inherit>
      {link[1]}
    </Anchor>
  ) : (
    link[1]
  )
}
