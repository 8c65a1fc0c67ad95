/**
 * Whether text is an address at which an application may be set up: an https origin without path, query or user name. http is for
 * an application emulated on this machine alone; whether such an address may be called is the egress's allow-list's to say.
 */
export function isApplicationOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && `${url.origin}/` === url.href && isSecure(url)
}

/** The same for an address with a path, and a query if need be: an endpoint. Never a user name, a password or a fragment. */
export function isApplicationUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && !/[\s\\]/.test(text) && !url.username && !url.password && !url.hash && isSecure(url)
}

/** The origins in a text that lists them with spaces between; undefined when one of them is none. */
export function readOrigins(text: string): string[] | undefined {
  const words = text.split(/\s+/).filter(Boolean)
  return words.every(isApplicationOrigin) ? words.map((word) => new URL(word).origin) : undefined
}

const isSecure = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
