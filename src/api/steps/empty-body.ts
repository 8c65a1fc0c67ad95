import { createMiddleware } from 'hono/factory'

/** A body of no bytes is no body, whatever type it is said to have: many clients say that it is JSON with every request. */
export const emptyBody = createMiddleware(async (c, next) => {
  if (c.req.header('content-length') === '0' && c.req.header('content-type')) {
    const headers = new Headers(c.req.raw.headers)
    headers.delete('content-type')
    c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers })
  }
  await next()
})
