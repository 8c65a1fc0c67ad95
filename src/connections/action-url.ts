import { OutsideError } from '#core/errors.ts'

interface ActionUrl {
  /** What the action asks for: a path below the base URL, or a whole URL. */
  url: string
  query?: Record<string, string | number | boolean | undefined> | undefined
  baseUrl: URL
  /** Further origins that may be given the credential. */
  origins: string[]
}

/**
 * Where an action's request goes: below the base URL, or to a whole URL at a declared origin. An action is built from a
 * person's input, so nothing here trusts its text. Throws `OutsideError`, not retryable:
 * `origin_refused` for an origin that was not declared, `request_refused` for what is no honest address (a backslash, a
 * control character, a path of dots that climbs, user names, a fragment, anything but http and https).
 */
export function resolveActionUrl({ url: text, query = {}, baseUrl, origins }: ActionUrl): URL {
  refuseTrickery(text)
  const url = isPath(text) ? joinPath(baseUrl, text) : URL.parse(text)
  // why: a blob: URL has the origin of the URL inside it.
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw refused('it is no http or https URL')
  if (url.username || url.password || url.hash) throw refused('it holds a user name, a password or a fragment')
  // why: compared as origins, so that port and protocol count, and whatever spelling of a host has become one.
  if (url.origin !== baseUrl.origin && !origins.includes(url.origin)) {
    throw new OutsideError('origin_refused', `The credential may not be sent to ${url.origin}.`, {
      retryable: false,
      details: { origin: url.origin },
    })
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

function isPath(text: string): boolean {
  return text.startsWith('/') && !text.startsWith('//')
}

/** Joins as text: `URL`'s own resolution would drop the base's path. */
function joinPath(baseUrl: URL, path: string): URL | null {
  return URL.parse(baseUrl.origin + baseUrl.pathname.replace(/\/$/, '') + path)
}

/** `URL` forgives all of these, and each can make the address another than the text seems to say. */
function refuseTrickery(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(text)) throw refused('it holds a space, a control character or a backslash')
  const [path = ''] = text.split(/[?#]/, 1)
  if (path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) throw refused('its path holds . or ..')
}

function refused(why: string): OutsideError {
  return new OutsideError('request_refused', `The action asked for an address that is not allowed: ${why}.`, {
    retryable: false,
  })
}
