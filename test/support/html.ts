export interface Button {
  /** What a person reads on it. */
  label: string
  name: string | null
  value: string
  form: Form | null
  /** Overrides the form's own action. */
  formAction: string | null
  disabled: boolean
}

export interface Form {
  id: string | null
  method: 'GET' | 'POST'
  /** As written; empty means the page itself. */
  action: string
  /** What would be sent without touching anything, in order. */
  fields: [name: string, value: string][]
  buttons: Button[]
}

export interface Link {
  label: string
  href: string
}

/** What a person can see and use of a page without scripts. */
export interface ParsedHtml {
  title: string
  text: string
  links: Link[]
  forms: Form[]
  buttons: Button[]
}

type Attributes = Record<string, string>

const TOKEN =
  /<!--[\s\S]*?-->|<![^>]*>|<(script|style|svg)\b[\s\S]*?<\/\1\s*>|<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>|[^<]+|</gi
const ATTRIBUTE = /([^\s=/>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g
const INLINE = new Set(['a', 'abbr', 'b', 'code', 'em', 'i', 'span', 'strong', 'sub', 'sup', 'time', 'u'])

/** Reads a page as a person without scripts would: its text, links, forms and buttons. Made for pages of servers under test, not for the web. */
export function parseHtml(html: string): ParsedHtml {
  const page: ParsedHtml = { title: '', text: '', links: [], forms: [], buttons: [] }
  const state = { page, form: null as Form | null, open: [] as Collector[], select: null as string | null }
  const owners: [Button, string][] = []
  for (const [token, , closing, tag = '', attributes = ''] of html.matchAll(TOKEN)) {
    if (!tag) {
      if (!token.startsWith('<!') && !/^<(script|style|svg)/i.test(token)) hear(state, decode(token))
      continue
    }
    if (closing) close(state, tag.toLowerCase())
    if (!INLINE.has(tag.toLowerCase())) hear(state, ' ')
    if (!closing) begin(state, tag.toLowerCase(), readAttributes(attributes), owners)
  }
  // A button may stand outside the form it names.
  for (const [button, id] of owners) {
    button.form = page.forms.find((form) => form.id === id) ?? null
    button.form?.buttons.push(button)
  }
  return { ...page, title: squeeze(page.title), text: squeeze(page.text) }
}

/** An element whose text is being gathered, and what to do with it when it closes. */
interface Collector {
  tag: string
  text: string
  done(text: string): void
}

interface State {
  page: ParsedHtml
  form: Form | null
  open: Collector[]
  select: string | null
}

function hear({ page, open }: State, text: string): void {
  for (const collector of open) collector.text += text
  if (!open.some(({ tag }) => tag === 'title' || tag === 'textarea')) page.text += text
}

function begin(state: State, tag: string, attributes: Attributes, owners: [Button, string][]): void {
  const { page, form, open } = state
  const name = attributes.name ?? null
  switch (tag) {
    case 'title':
      open.push({ tag, text: '', done: (text) => (page.title = text) })
      break
    case 'form':
      state.form = {
        id: attributes.id ?? null,
        method: attributes.method?.toUpperCase() === 'POST' ? 'POST' : 'GET',
        action: attributes.action ?? '',
        fields: [],
        buttons: [],
      }
      page.forms.push(state.form)
      break
    case 'a':
      if (attributes.href === undefined) break
      open.push({ tag, text: '', done: (text) => page.links.push({ label: squeeze(text), href: attributes.href! }) })
      break
    case 'input':
      input(state, attributes, owners)
      break
    case 'textarea':
      open.push({ tag, text: '', done: (text) => name && form?.fields.push([name, text.replace(/^\r?\n/, '')]) })
      break
    case 'select':
      state.select = name
      break
    case 'option':
      option(state, attributes)
      break
    case 'button':
      if (['button', 'reset'].includes(attributes.type ?? '')) break
      open.push({ tag, text: '', done: (text) => addButton(state, attributes, squeeze(text), owners) })
  }
}

function close(state: State, tag: string): void {
  if (tag === 'form') state.form = null
  if (tag === 'select') state.select = null
  const index = state.open.findLastIndex((collector) => collector.tag === tag)
  if (index === -1) return
  const [collector] = state.open.splice(index, 1)
  collector!.done(collector!.text)
}

function input(state: State, attributes: Attributes, owners: [Button, string][]): void {
  const { type = 'text', name, value } = attributes
  if (type === 'submit') addButton(state, attributes, value ?? 'Submit', owners)
  if (!name || !state.form || ['submit', 'button', 'reset', 'image', 'file'].includes(type)) return
  if (type === 'checkbox' || type === 'radio') {
    if ('checked' in attributes) state.form.fields.push([name, value ?? 'on'])
  } else state.form.fields.push([name, value ?? ''])
}

// The selected option counts, else the first.
function option({ form, select, open }: State, attributes: Attributes): void {
  if (!form || !select) return
  const known = form.fields.findIndex(([name]) => name === select)
  if (known !== -1 && !('selected' in attributes)) return
  const choose = (value: string) => {
    if (known === -1) form.fields.push([select, value])
    else form.fields[known] = [select, value]
  }
  if (attributes.value !== undefined) choose(attributes.value)
  else open.push({ tag: 'option', text: '', done: (text) => choose(squeeze(text)) })
}

function addButton(state: State, attributes: Attributes, label: string, owners: [Button, string][]): void {
  const button: Button = {
    label: attributes['aria-label'] ?? label,
    name: attributes.name ?? null,
    value: attributes.value ?? '',
    form: state.form,
    formAction: attributes.formaction ?? null,
    disabled: 'disabled' in attributes,
  }
  state.page.buttons.push(button)
  if (attributes.form !== undefined) owners.push([button, attributes.form])
  else state.form?.buttons.push(button)
}

function readAttributes(text: string): Attributes {
  const attributes: Attributes = {}
  for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE)) {
    attributes[name.toLowerCase()] = decode(double ?? single ?? bare ?? '')
  }
  return attributes
}

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  middot: '·',
  hellip: '…',
  mdash: '—',
  ndash: '–',
}

function decode(text: string): string {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return ENTITIES[entity] ?? whole
    return String.fromCodePoint(/^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1)))
  })
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
