/**
 * Whether text is an address at which an application may be set up: an https origin without path, query or user name. http is for
 * an application emulated on this machine alone; whether such an address may be called is the egress's allow-list's to say.
 */
export function isApplicationOrigin(text: string): boolean {
  const url = URL.parse(text)
  if (!url || `${url.origin}/` !== url.href) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
