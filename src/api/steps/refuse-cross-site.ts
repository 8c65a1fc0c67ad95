import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { CommandsContext } from '#commands/context.ts'
import { cookieOf } from '#commands/identify.ts'
import { UserError } from '#core/errors.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses, with `cross_site_refused` (403), a change that another site could have made a person's browser send: one that carries the
 * session's cookie and does not come from a page of ours. A browser sends `Origin` with every such request; one without it passes only
 * with `Sec-Fetch-Site: same-origin`, which no page can set.
 */
export function refuseCrossSite(ctx: CommandsContext): MiddlewareHandler {
  return async (c, next) => {
    const byCookie = getCookie(c, cookieOf(ctx).name) !== undefined
    if (
      byCookie &&
      !SAFE_METHODS.has(c.req.method) &&
      !isOurs(ctx, c.req.header('origin'), c.req.header('sec-fetch-site'))
    )
      throw new UserError('cross_site_refused', `A change must come from a page of ${ctx.publicUrl.origin}.`, {
        status: 403,
      })
    await next()
  }
}

function isOurs(ctx: CommandsContext, origin: string | undefined, site: string | undefined): boolean {
  return origin === undefined ? site === 'same-origin' : origin === ctx.publicUrl.origin
}
