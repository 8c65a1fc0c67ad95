/**
 * What stands between `{{` and `}}`: a path into what a job knows.
 *
 *     {{ trigger.name }}   {{ steps.find.records[0].Id }}   {{ trigger.headers["x-request-id"] }}   {{ trigger.note? }}
 *
 * A `?` at the end says that the value may be absent.
 */
export interface Pill {
  /** As written, without the braces: for messages. */
  text: string
  root: Root
  path: (string | number)[]
  optional: boolean
}

export const ROOTS = ['trigger', 'steps', 'loops', 'error', 'person', 'job'] as const
export type Root = (typeof ROOTS)[number]

/** A pill that cannot be read. */
export interface BrokenPill {
  /** Its beginning, without the braces. */
  pill: string
  /** The same as it stands there: closed only where it is. */
  written: string
  reason: string
}

/** A text with its pills, or the pill that cannot be read and why. */
export type Template = { kind: 'parsed'; parts: readonly (string | Pill)[] } | ({ kind: 'broken' } & BrokenPill)

/** Bounds the work that one pill can cost, whatever is in it. */
const MAX_PILL_LENGTH = 1000
const OPEN = '{{'
/** How a text says `{{` without meaning a pill. */
const ESCAPED_OPEN = '{{{{'
/** These name parts of JavaScript rather than of anybody's data. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Parses a text once; the same text again costs a look-up. `{{{{` is a literal `{{`; a lone `}}` is text.
 * Time is linear in the text's length. Nothing in a pill is code.
 */
export function parseTemplate(text: string): Template {
  if (!text.includes(OPEN)) return { kind: 'parsed', parts: [text] }
  const known = cache.get(text)
  if (known !== undefined) return known
  const template = parse(text)
  remember(text, template)
  return template
}

function parse(text: string): Template {
  const parts: (string | Pill)[] = []
  let literal = ''
  let at = 0
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, at)) {
    literal += text.slice(at, open)
    if (text.startsWith(ESCAPED_OPEN, open)) {
      literal += OPEN
      at = open + ESCAPED_OPEN.length
      continue
    }
    const read = readPill(text.slice(open + OPEN.length, open + OPEN.length + MAX_PILL_LENGTH))
    if ('reason' in read) return { kind: 'broken', ...brokenPill(text.slice(open + OPEN.length), read.reason) }
    if (literal !== '') parts.push(literal)
    parts.push(read.pill)
    literal = ''
    at = open + OPEN.length + read.length
  }
  literal += text.slice(at)
  if (literal !== '') parts.push(literal)
  return { kind: 'parsed', parts }
}

const SPACE = /\s*/y
const NAME = /[A-Za-z_$][\w$]*/y
const DOT_NAME = /\.([A-Za-z_$][\w$]*)/y
const INDEX = /\[(\d{1,9})\]/y
const QUOTED = /\[(?:"((?:[^"\\]|\\["\\])*)"|'((?:[^'\\]|\\['\\])*)')\]/y
const END = /(\??)\s*\}\}/y

/** Reads one pill from just behind its `{{` to just behind its `}}`. */
function readPill(text: string): { pill: Pill; length: number } | { reason: string } {
  let at = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  if (text.startsWith('=')) return { reason: 'an expression stands alone in its text; it joins texts by &' }
  take(SPACE)
  const start = at
  const root = take(NAME)?.[0]
  if (!isRoot(root)) return { reason: `begin it with ${ROOTS.join(', ')}` }
  const path: (string | number)[] = []
  for (let key = takeKey(take); key !== undefined; key = takeKey(take)) {
    if (REFUSED_KEYS.has(String(key))) return { reason: `${key} is refused` }
    path.push(key)
  }
  if (root === 'steps' && typeof path[0] !== 'string') return { reason: 'say which step: steps.name' }
  const written = text.slice(start, at)
  const end = take(END)
  if (end === null)
    return { reason: 'write .name, [0] or ["any key"], a ? where it may be absent, and close it with }}' }
  return { pill: { text: written + end[1], root, path, optional: end[1] === '?' }, length: at }
}

function takeKey(take: (pattern: RegExp) => RegExpExecArray | null): string | number | undefined {
  const name = take(DOT_NAME)?.[1]
  if (name !== undefined) return name
  const index = take(INDEX)?.[1]
  if (index !== undefined) return Number(index)
  const quoted = take(QUOTED)
  return (quoted?.[1] ?? quoted?.[2])?.replace(/\\(.)/g, '$1')
}

/** Whether a name is one that pills and expressions begin with. */
export function isRoot(name: string | undefined): name is Root {
  return (ROOTS as readonly (string | undefined)[]).includes(name)
}

function brokenPill(text: string, reason: string): BrokenPill {
  const end = text.indexOf('}}')
  const pill = text
    .slice(0, end === -1 ? 60 : Math.min(end, 60))
    .trim()
    .toWellFormed()
  if (end === -1) return { pill, written: `{{ ${pill}`, reason: 'close it with }}' }
  return { pill, written: `{{ ${pill} }}`, reason }
}

// A memo of a pure function: two places may share it without knowing of each other. The bounds keep it below some 10 MB.
const cache = new Map<string, Template>()
const MAX_CACHED = 5000
const MAX_CACHED_LENGTH = 1000

function remember(text: string, template: Template): void {
  if (text.length > MAX_CACHED_LENGTH) return
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value as string)
  cache.set(text, template)
}
