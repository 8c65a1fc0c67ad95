const FALLBACK = '/'
const MAX_LENGTH = 2000

// Backslashes, which browsers read as slashes, white space and control characters: never needed, always a trick.
const SUSPICIOUS = /[\\\s\p{C}]/u
const SUSPICIOUS_DECODED = /[\\\p{Cc}]/u

/**
 * Where to send the browser after sign-in: `next` when it is a path on this server, normalised, otherwise `/`.
 * Whatever could be read as another host is refused, also when it only becomes one by decoding or normalising.
 */
export function safeReturnPath(next: string | null | undefined, publicUrl: URL): string {
  if (!next || next.length > MAX_LENGTH || !next.startsWith('/') || SUSPICIOUS.test(next)) return FALLBACK
  if (!URL.canParse(next, publicUrl.origin)) return FALLBACK
  const url = new URL(next, publicUrl.origin)
  if (url.origin !== publicUrl.origin || !isPlainPath(url.pathname)) return FALLBACK
  return url.pathname + url.search + url.hash
}

// `/.//evil.example` normalises to `//evil.example`; `/%2f…` and `/%5c…` become one in whatever decodes the path again.
function isPlainPath(pathname: string): boolean {
  for (let path = pathname, rounds = 0; rounds < 3; rounds++) {
    if (path.startsWith('//') || SUSPICIOUS_DECODED.test(path)) return false
    const decoded = decode(path)
    if (decoded === undefined) return false
    if (decoded === path) return true
    path = decoded
  }
  return false
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
