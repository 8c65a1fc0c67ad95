import type { MiddlewareHandler } from 'hono'

/** Answers hold what only their asker may see: nobody on the way keeps them, nothing shows them in a frame or takes them for a page. */
export const neverStore: MiddlewareHandler = async (c, next) => {
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  await next()
}
