import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'

/**
 * Sets `clientAddress` to where a request came from: the socket's other end or, with `trustedProxies` before us, the entry of
 * `X-Forwarded-For` that the outermost of them appended. What a client wrote in that header itself is never believed.
 */
export function clientAddress(trustedProxies: number): MiddlewareHandler {
  return async (c, next) => {
    const socket = (c.env as Partial<HttpBindings>)?.incoming?.socket?.remoteAddress ?? ''
    const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((entry) => entry.trim())
    c.set('clientAddress', trustedProxies === 0 ? socket : (forwarded.at(-trustedProxies) ?? socket))
    return next()
  }
}
