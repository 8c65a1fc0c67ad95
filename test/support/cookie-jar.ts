interface Cookie {
  name: string
  value: string
  host: string
  path: string
  /** Milliseconds since the epoch; null: until the browser closes. */
  expiresAt: number | null
}

/** The cookies of one browser. */
export interface CookieJar {
  /** Takes what a response to `url` sets, and forgets what it expires. */
  take(url: URL, response: Response): void
  /** The `Cookie` header for a request to `url`; null when there is nothing to send. */
  header(url: URL): string | null
  /** One cookie's value as a request to `url` would send it. */
  get(url: string | URL, name: string): string | undefined
  /** Puts a cookie in by hand, for the whole host of `url`. */
  set(url: string | URL, name: string, value: string): void
  /** Forgets everything, as a new browser. */
  clear(): void
  /** `fetch` with these cookies; redirects are answers like any other. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
}

/**
 * A browser's cookies: kept by host, and as in every browser the port does not matter, so that servers on one address share them.
 * Honours Path, Max-Age and Expires; Domain, Secure and SameSite are not looked at.
 */
export function cookieJar(): CookieJar {
  let cookies: Cookie[] = []
  const put = (cookie: Cookie) => {
    cookies = cookies.filter(
      ({ name, host, path }) => `${name};${host}${path}` !== `${cookie.name};${cookie.host}${cookie.path}`,
    )
    if (cookie.expiresAt === null || cookie.expiresAt > Date.now()) cookies.push(cookie)
  }
  const matching = (url: URL) =>
    cookies
      .filter(({ host, path }) => host === url.hostname && covers(path, url.pathname))
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > Date.now())
      .sort((a, b) => b.path.length - a.path.length)
  const jar: CookieJar = {
    take(url, response) {
      for (const line of response.headers.getSetCookie()) put(readCookie(url, line))
    },
    header(url) {
      return (
        matching(url)
          .map(({ name, value }) => `${name}=${value}`)
          .join('; ') || null
      )
    },
    get: (url, wanted) => matching(new URL(url)).find(({ name }) => name === wanted)?.value,
    set: (url, name, value) => put({ name, value, host: new URL(url).hostname, path: '/', expiresAt: null }),
    clear() {
      cookies = []
    },
    async fetch(to, init = {}) {
      const url = new URL(to)
      const headers = new Headers(init.headers)
      const cookie = jar.header(url)
      if (cookie) headers.set('cookie', cookie)
      const response = await fetch(url, { ...init, headers, redirect: 'manual' })
      jar.take(url, response)
      return response
    },
  }
  return jar
}

function readCookie(url: URL, line: string): Cookie {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim())
  const given = new Map(
    rest.map((part) => {
      const [name = '', ...value] = part.split('=')
      return [name.toLowerCase(), value.join('=')]
    }),
  )
  const equals = pair.indexOf('=')
  const path = given.get('path')
  const maxAge = given.get('max-age')
  const expires = given.get('expires')
  return {
    name: pair.slice(0, equals),
    value: pair.slice(equals + 1),
    host: url.hostname,
    path: path?.startsWith('/') ? path : url.pathname.slice(0, Math.max(1, url.pathname.lastIndexOf('/'))),
    expiresAt: maxAge !== undefined ? Date.now() + Number(maxAge) * 1000 : expires ? Date.parse(expires) : null,
  }
}

// RFC 6265, section 5.1.4.
function covers(path: string, requested: string): boolean {
  return requested === path || requested.startsWith(path.endsWith('/') ? path : `${path}/`)
}
