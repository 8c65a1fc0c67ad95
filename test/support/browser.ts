import { type CookieJar, cookieJar } from './cookie-jar.ts'
import { type Button, type Form, type ParsedHtml, parseHtml } from './html.ts'

/** Values to put into a form's fields before it is sent, by name; `null` leaves a field out. */
export type FormValues = Record<string, string | string[] | null>

/** A page as it was answered, after redirects. */
export interface Page extends Omit<ParsedHtml, 'text'> {
  /** Where the last redirect led. */
  url: string
  status: number
  headers: Headers
  html: string
  /** Every address on the way here, this one last. */
  visited: string[]
  /** What a person reads, runs of white space as one space. */
  text(): string
  /**
   * Presses the button, or follows the link, with this label: exactly it, else beginning with it, else containing it.
   * Throws when there is none, and when there are several and `nth` (from 0) does not say which.
   */
  click(label: string, values?: FormValues, nth?: number): Promise<Page>
  /** Sends a form, by default the page's only one, as its first button would. */
  submit(values?: FormValues, form?: Form): Promise<Page>
}

/** A person's browser without scripts, over real HTTP. */
export interface Browser {
  jar: CookieJar
  /** Opens an address as if it were typed, and follows redirects, from server to server. */
  open(url: string | URL): Promise<Page>
  /** One request with the browser's cookies; redirects are not followed. */
  fetch: CookieJar['fetch']
}

const MOST_REDIRECTS = 20

/** A browser with nobody's cookies, or with those of `jar`. */
export function openBrowser(jar: CookieJar = cookieJar()): Browser {
  return { jar, fetch: jar.fetch, open: (url) => visit(jar, { url: new URL(url), method: 'GET' }) }
}

interface Visit {
  url: URL
  method: 'GET' | 'POST'
  body?: URLSearchParams
  /** The page whose form this is: its origin is sent, and its policy says where forms may lead. */
  from?: Page
}

async function visit(jar: CookieJar, first: Visit): Promise<Page> {
  const visited: string[] = []
  for (let at = first; ; ) {
    if (visited.length > MOST_REDIRECTS) throw new Error(`redirected in circles: ${visited.join(' → ')}`)
    if (at.from) assertFormMayLead(at.from, at.url)
    visited.push(at.url.href)
    const headers = new Headers({ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    if (at.method === 'POST' && at.from) headers.set('origin', new URL(at.from.url).origin)
    const response = await jar.fetch(at.url, { method: at.method, headers, ...(at.body ? { body: at.body } : {}) })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || !location) return readPage(jar, at.url, response, visited)
    await response.body?.cancel()
    at = redirected(at, response.status, new URL(location, at.url))
  }
}

function redirected(at: Visit, status: number, url: URL): Visit {
  const from = at.from ? { from: at.from } : {}
  if (status === 307 || status === 308) return { ...at, url }
  return { url, method: 'GET', ...from }
}

async function readPage(jar: CookieJar, url: URL, response: Response, visited: string[]): Promise<Page> {
  const html = await response.text()
  const { text, ...parsed } = parseHtml(html)
  const page: Page = {
    ...parsed,
    url: url.href,
    status: response.status,
    headers: response.headers,
    html,
    visited,
    text: () => text,
    async click(label, values = {}, nth) {
      const target = findClickable(page, label, nth)
      if ('href' in target) return visit(jar, { url: new URL(target.href, url), method: 'GET' })
      if (!target.form) throw new Error(`the button "${label}" belongs to no form`)
      return send(jar, page, target.form, values, target)
    },
    async submit(values = {}, form) {
      const only = form ?? (page.forms.length === 1 ? page.forms[0] : undefined)
      if (!only) throw new Error(`${page.forms.length} forms on ${url.href}: say which`)
      return send(jar, page, only, values, only.buttons[0])
    },
  }
  return page
}

function findClickable(page: Page, label: string, nth: number | undefined) {
  const all = [...page.buttons.filter(({ disabled }) => !disabled), ...page.links]
  const ways = [
    (one: string) => one === label,
    (one: string) => one.startsWith(label),
    (one: string) => one.includes(label),
  ]
  const found = ways.map((way) => all.filter((one) => way(one.label))).find((some) => some.length > 0) ?? []
  const target = found[nth ?? 0]
  if (target && (nth !== undefined || found.length === 1)) return target
  const seen = all.map((one) => `"${one.label}"`).join(', ')
  throw new Error(
    `${found.length} things to click are called "${label}" on ${page.url} (${page.status}); there are: ${seen}`,
  )
}

function send(jar: CookieJar, page: Page, form: Form, values: FormValues, button?: Button): Promise<Page> {
  const fields = new URLSearchParams(form.fields.filter(([name]) => !Object.hasOwn(values, name)))
  for (const [name, value] of Object.entries(values)) {
    for (const one of value === null ? [] : [value].flat()) fields.append(name, one)
  }
  if (button?.name) fields.append(button.name, button.value)
  const url = new URL(button?.formAction ?? form.action, page.url)
  if (form.method === 'POST') return visit(jar, { url, method: 'POST', body: fields, from: page })
  url.search = fields.toString()
  return visit(jar, { url, method: 'GET', from: page })
}

// Chrome applies a page's `form-action` to every redirect a form leads to, and stops there without a word.
function assertFormMayLead(from: Page, to: URL): void {
  const policy = from.headers.get('content-security-policy') ?? ''
  const directive = policy.split(';').find((one) => one.trim().startsWith('form-action'))
  if (!directive) return
  const sources = directive.trim().split(/\s+/).slice(1)
  const allowed = sources.some((source) => {
    if (source === "'self'") return to.origin === new URL(from.url).origin
    if (source === '*' || source === to.protocol) return true
    return URL.canParse(source) && new URL(source).origin === to.origin
  })
  if (!allowed)
    throw new Error(
      `a browser would stop here: form-action of ${from.url} does not allow ${to.origin} (${directive.trim()})`,
    )
}
